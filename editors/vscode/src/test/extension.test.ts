import * as assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { activate, deactivate } from '../extension';
import { outputUri, Preview } from '../preview';
import { Generated, Output, Why } from '../protocol';
import { Provenance } from '../provenance';
import { Server } from '../server';
import { markdown } from '../why';

interface Remembered {
  said: unknown[][];
  commands: Map<string, () => unknown>;
  providers: Map<string, vscode.TextDocumentContentProvider>;
  settings: Map<string, unknown>;
  editor: { current: unknown };
  documents: unknown[];
}

// The editor of these tests: vscode.cjs.
const { said, commands, providers, settings, editor, documents } = (vscode as unknown as { test: Remembered }).test;

const source = vscode.Uri.file('/site/clusters/kss.kss');

beforeEach(() => {
  for (const list of [said, documents]) list.length = 0;
  editor.current = { document: { uri: source, languageId: 'kss' }, selection: { active: new vscode.Position(4, 2) } };
});

function has(what: string, ...rest: unknown[]): boolean {
  return said.some((entry) => JSON.stringify(entry) === JSON.stringify([what, ...rest]));
}

test('without a server there are commands, and a message that says what to do', async () => {
  settings.set('kss.server.path', '/nowhere/kssc');
  const context = { subscriptions: [] } as unknown as vscode.ExtensionContext;
  await activate(context);
  assert.equal(commands.size, 12);
  const [, text, ...buttons] = said.find(([what]) => what === 'error') ?? [];
  assert.match(String(text), /`\/nowhere\/kssc` was not found/);
  assert.deepEqual(buttons, ['Open Settings']);
  await commands.get('kss.why')?.();
  assert.ok(has('warning', 'The kss server is not running.', 'Restart', 'Show Log'));
  await commands.get('kss.check')?.();
  const [, task] = said.find(([what]) => what === 'task') ?? [];
  assert.deepEqual((task as vscode.Task).execution, new vscode.ProcessExecution('/nowhere/kssc', ['check']));
  await deactivate();
  settings.clear();
});

const at = (file: string, line: number) => ({
  uri: `file:///site/clusters/${file}`,
  range: { start: { line, character: 2 }, end: { line, character: 9 } },
});
const answer: Why = {
  scope: 'kss',
  value: '14GiB',
  steps: [
    { role: 'default of Node', won: false, location: at('lab.kss', 1) },
    { role: 'plain', won: true, location: at('kss.kss', 7) },
  ],
};
const built: Output = { path: 'clusters/kss/vars.json', uri: 'file:///site/deploy/clusters/kss/vars.json', text: '{}\n' };

interface Answers {
  why?: Why[] | null;
  sourceOf?: Why | null | Error;
  generatedOf?: Generated[] | null;
  outputs?: Output[] | null;
}

/** Provenance over a server that gives these answers. */
function provenance(answers: Answers) {
  const asked: [string, Record<string, unknown>][] = [];
  const client = {
    code2ProtocolConverter: { asPosition: ({ line, character }: vscode.Position) => ({ line, character }) },
    protocol2CodeConverter: {
      asRange: ({ start, end }: vscode.Range) => new vscode.Range(start.line, start.character, end.line, end.character),
    },
    sendRequest: async ({ method }: { method: string }, params: Record<string, unknown>) => {
      asked.push([method, JSON.parse(JSON.stringify(params))]);
      const found = answers[method.replace('kss/', '') as keyof Answers];
      if (found instanceof Error) throw found;
      return found ?? null;
    },
  };
  const [texts, told] = [new Preview(), new Preview()];
  providers.set('kss-output', texts);
  providers.set('kss-why', told);
  return { asked, texts, told, it: new Provenance({ running: async () => client } as unknown as Server, texts, told) };
}

const uri = source.toString();
const here = { textDocument: { uri }, position: { line: 4, character: 2 } };

test('why is asked at the cursor, and told beside', async () => {
  const { it, asked, told } = provenance({ why: [answer] });
  await it.why();
  assert.deepEqual(asked, [['kss/why', here]]);
  const [, command, shown] = said.find(([what]) => what === 'run') ?? [];
  assert.equal(command, 'markdown.showPreviewToSide');
  const text = told.provideTextDocumentContent(shown as vscode.Uri);
  assert.match(text, /### kss\n `14GiB`/);
  assert.match(text, /~~default of Node~~, \[clusters\/lab\.kss:2\]\(file:\/\/\/site\/clusters\/lab\.kss#L2\)/);
  assert.match(text, /\*\*plain\*\*/);
});

test('where no value stands, that is said', async () => {
  await provenance({ why: [] }).it.why();
  assert.ok(has('information', 'No value of the site stands here.'));
});

test('in a file of the tree its line is asked for, and the statement that counts comes first', async () => {
  editor.current = { document: { uri: vscode.Uri.file('/site/deploy/a.yaml'), languageId: 'yaml' }, selection: { active: new vscode.Position(3, 1) } };
  const { it, asked } = provenance({ sourceOf: answer });
  await it.toSource();
  assert.deepEqual(asked, [['kss/sourceOf', { textDocument: { uri: 'file:///site/deploy/a.yaml' }, line: 3 }]]);
  assert.ok(has('pick', ['clusters/kss.kss:8', 'clusters/lab.kss:2']));
});

test('what the server says of a line is told', async () => {
  editor.current = { document: { uri: vscode.Uri.file('/a.yaml'), languageId: 'yaml' }, selection: { active: new vscode.Position(0, 0) } };
  await provenance({ sourceOf: new Error('this place comes from no source') }).it.toSource();
  assert.ok(has('information', 'this place comes from no source'));
});

test('a written output is opened itself, another is previewed', async () => {
  const line: Generated = { path: built.path, line: 3, uri: built.uri };
  await provenance({ generatedOf: [line] }).it.toGenerated();
  assert.ok(has('open', built.uri, 3));
  const { it, texts, asked } = provenance({ generatedOf: [{ ...line, uri: null }], outputs: [built] });
  await it.toGenerated();
  assert.deepEqual(asked.at(-1), ['kss/outputs', { textDocument: { uri }, scope: 'kss' }]);
  assert.ok(has('open', outputUri(built.path).toString(), 3));
  assert.equal(texts.provideTextDocumentContent(outputUri(built.path)), built.text);
});

test('a preview follows, until it is closed', async () => {
  const answers = { outputs: [built] };
  const { it, texts, asked } = provenance(answers);
  await it.preview();
  assert.deepEqual(asked, [['kss/outputs', here]]);
  let changes = 0;
  texts.onDidChange(() => changes++);
  answers.outputs = [{ ...built, text: '{ "a": 1 }\n' }];
  await it.refresh();
  assert.equal(texts.provideTextDocumentContent(outputUri(built.path)), '{ "a": 1 }\n');
  await it.refresh();
  assert.equal(changes, 1);
  it.forget(outputUri(built.path));
  const before = asked.length;
  await it.refresh();
  assert.equal(asked.length, before);
});

test('in a preview the line of its file is asked for', async () => {
  const { it, asked } = provenance({ outputs: [built], sourceOf: answer });
  await it.preview();
  editor.current = { document: { uri: outputUri(built.path), languageId: 'json' }, selection: { active: new vscode.Position(1, 0) } };
  await it.why();
  assert.deepEqual(asked.at(-1), ['kss/sourceOf', { textDocument: { uri }, path: built.path, line: 1 }]);
});

test('where nothing is written, that is said', async () => {
  await provenance({ outputs: [] }).it.preview();
  assert.ok(has('information', 'What stands here leads to no output.'));
  await provenance({ outputs: [{ ...built, text: null }] }).it.preview();
  assert.ok(has('information', '`clusters/kss/vars.json` is copied as it is.'));
});

test('values and roles are no Markdown', () => {
  const odd = { ...answer, value: 'a `b` *c*', steps: [{ ...answer.steps[0]!, role: 'tune [x](y)' }] };
  const text = markdown([odd], (file) => file);
  assert.ok(text.includes('``  a `b` *c*  ``') || text.includes('`` a `b` *c* ``'), text);
  assert.ok(text.includes('tune \\[x\\]\\(y\\)'), text);
});
