import * as assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { activate, deactivate } from '../extension';
import { outputUri, Preview } from '../preview';
import { Output, outputs, Why, why } from '../protocol';
import { Provenance } from '../provenance';
import { Server } from '../server';

interface Remembered {
  said: unknown[][];
  commands: Map<string, () => unknown>;
  providers: Map<string, vscode.TextDocumentContentProvider>;
  settings: Map<string, unknown>;
  unwritten: Set<string>;
  editor: { current: unknown };
  documents: unknown[];
}

// The editor of these tests: vscode.cjs.
const { said, commands, providers, settings, unwritten, editor, documents } = (vscode as unknown as { test: Remembered }).test;

const source = vscode.Uri.file('/site/clusters/kss.kss');

beforeEach(() => {
  for (const list of [said, documents]) list.length = 0;
  unwritten.clear();
  editor.current = { document: { uri: source, languageId: 'kss' }, selection: { active: new vscode.Position(4, 2) } };
});

function has(what: string, ...rest: unknown[]): boolean {
  return said.some((entry) => JSON.stringify(entry) === JSON.stringify([what, ...rest]));
}

test('without a server there are commands, and a message that says what to do', async () => {
  settings.set('kss.server.path', '/nowhere/kssc');
  const context = { subscriptions: [] } as unknown as vscode.ExtensionContext;
  await activate(context);
  assert.equal(commands.size, 8);
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

const answer: Why = {
  markdown: '**14GiB**, set here',
  places: [
    { location: { uri: 'file:///site/clusters/kss.kss', range: { start: { line: 7, character: 2 }, end: { line: 7, character: 9 } } }, label: 'plain' },
    { location: { uri: 'file:///site/clusters/lab.kss', range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } } }, label: 'default' },
  ],
};
const file: Output = { path: 'clusters/kss/vars.json', uri: 'file:///site/deploy/clusters/kss/vars.json', text: '{}\n', lines: [3], changed: false };

interface Asked {
  textDocument: { uri: string };
  position?: { line: number };
}

/** Provenance over a server that answers `places` and `files`. */
function provenance(places: Why | null, files: Output[]) {
  const asked: Asked[] = [];
  const client = {
    code2ProtocolConverter: { asPosition: (p: vscode.Position) => p },
    protocol2CodeConverter: {
      asRange: ({ start, end }: vscode.Range) => new vscode.Range(start.line, start.character, end.line, end.character),
    },
    sendRequest: async (type: { method: string }, params: Asked) => {
      asked.push(params);
      return type.method === why.method ? places : type.method === outputs.method ? { files } : assert.fail(type.method);
    },
  };
  const [texts, answers] = [new Preview(), new Preview()];
  providers.set('kss-output', texts);
  providers.set('kss-why', answers);
  return { asked, texts, answers, it: new Provenance({ running: async () => client } as unknown as Server, texts, answers) };
}

test('why is asked at the cursor, and shown beside', async () => {
  const { it, asked, answers } = provenance(answer, []);
  await it.why();
  assert.deepEqual(asked, [{ textDocument: { uri: source.toString() }, position: new vscode.Position(4, 2) }]);
  const [, command, uri] = said.find(([what]) => what === 'run') ?? [];
  assert.equal(command, 'markdown.showPreviewToSide');
  assert.equal(answers.provideTextDocumentContent(uri as vscode.Uri), answer.markdown);
});

test('where no value stands, that is said', async () => {
  await provenance(null, []).it.why();
  assert.ok(has('information', 'No value of the site stands here.'));
});

test('of several sources one is chosen, and its line is shown', async () => {
  await provenance(answer, []).it.toSource();
  assert.ok(has('pick', ['clusters/kss.kss:8', 'clusters/lab.kss:2']));
  assert.ok(has('open', 'file:///site/clusters/lab.kss', 1));
});

test('a written output is opened itself, another is previewed', async () => {
  const { it, texts } = provenance(answer, [file]);
  await it.toGenerated();
  assert.ok(has('open', file.uri, 3));
  unwritten.add(file.uri);
  await it.toGenerated();
  assert.ok(has('open', outputUri(file.path).toString(), 3));
  assert.equal(texts.provideTextDocumentContent(outputUri(file.path)), file.text);
});

test('a preview follows, until it is closed', async () => {
  const files = [{ ...file }];
  const { it, texts, asked } = provenance(answer, files);
  await it.preview();
  const uri = outputUri(file.path);
  let changes = 0;
  texts.onDidChange(() => changes++);
  files[0] = { ...file, text: '{ "a": 1 }\n' };
  await it.refresh();
  assert.equal(texts.provideTextDocumentContent(uri), '{ "a": 1 }\n');
  await it.refresh();
  assert.equal(changes, 1);
  it.forget(uri);
  const before = asked.length;
  await it.refresh();
  assert.equal(asked.length, before);
});

test('in a preview the place asked for is that of the file', async () => {
  const { it, asked } = provenance(answer, [file]);
  await it.preview();
  editor.current = { document: { uri: outputUri(file.path), languageId: 'json' }, selection: { active: new vscode.Position(1, 0) } };
  await it.why();
  assert.equal(asked.at(-1)?.textDocument.uri, vscode.Uri.parse(file.uri).toString());
});

test('where nothing is written, that is said', async () => {
  await provenance(answer, []).it.preview();
  assert.ok(has('information', 'This file leads to no output. While the site has errors, nothing is written.'));
});
