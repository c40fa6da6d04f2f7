// What an editor does all day, in the client's own protocol library, with the capabilities that Visual Studio Code announces:
// errors, completion, hover, rename, formatting. Needs $KSSC.

import * as assert from 'node:assert/strict';
import { ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  ClientCapabilities,
  CompletionItem,
  CompletionRequest,
  createProtocolConnection,
  DefinitionRequest,
  Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticReportKind,
  DocumentDiagnosticRequest,
  DocumentFormattingRequest,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  MarkupContent,
  Position,
  PrepareRenameRequest,
  ProtocolConnection,
  PublishDiagnosticsNotification,
  RenameRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  TextEdit,
} from 'vscode-languageserver-protocol/node';

const program = process.env['KSSC'] ?? '';
const skip = existsSync(program) ? false : '$KSSC names no compiler';
const repository = path.join(__dirname, '../../..');

let server: ChildProcess;
let client: ProtocolConnection;
let root: string;
let original: string;
let text: string;
let uri: string;
let version = 1;

const capabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { configuration: true, workspaceEdit: { documentChanges: true } },
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] }, contextSupport: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    rename: { prepareSupport: true },
    diagnostic: { relatedDocumentSupport: false },
    publishDiagnostics: { relatedInformation: true },
  },
};

before(async () => {
  if (skip !== false) return;
  root = mkdtempSync(path.join(tmpdir(), 'kss-'));
  const folder = path.join(root, 'a/b/my site');
  mkdirSync(path.join(folder, 'clusters'), { recursive: true });
  for (const name of ['apps', 'homelab', 'kcs', 'kss']) {
    cpSync(path.join(repository, `clusters/${name}.kss`), path.join(folder, `clusters/${name}.kss`));
  }
  const file = path.join(folder, 'clusters/kss.kss');
  original = text = readFileSync(file, 'utf8');
  uri = pathToFileURL(file).toString();
  server = spawn(program, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  assert.ok(server.stdout && server.stdin);
  client = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  client.onRequest('workspace/configuration', () => [null]);
  for (const asked of ['client/registerCapability', 'window/workDoneProgress/create', 'workspace/diagnostic/refresh']) client.onRequest(asked, () => null);
  client.onNotification(PublishDiagnosticsNotification.type, () => undefined);
  client.listen();
  const workspaceFolders = [{ uri: pathToFileURL(folder).toString(), name: 'my site' }];
  await client.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities, workspaceFolders });
  await client.sendNotification(InitializedNotification.type, {});
  await client.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'kss', version, text } });
});

after(async () => {
  if (skip !== false) return;
  await client.sendRequest(ShutdownRequest.type);
  await client.sendNotification(ExitNotification.type);
  client.dispose();
  server.kill();
  rmSync(root, { recursive: true });
});

function positionOf(offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: (lines.at(-1) ?? '').length };
}

/** The place behind `before`, where `before + behind` stands. */
function at(before: string, behind = '') {
  const found = text.indexOf(before + behind);
  assert.notEqual(found, -1, `no ${before}${behind}`);
  return { textDocument: { uri }, position: positionOf(found + before.length) };
}

/** Types over the first `old`, as an editor sends it. */
async function type(old: string, now: string): Promise<void> {
  const from = text.indexOf(old);
  assert.notEqual(from, -1, `no ${old}`);
  const range = { start: positionOf(from), end: positionOf(from + old.length) };
  text = text.replace(old, () => now);
  version += 1;
  const contentChanges = [{ range, rangeLength: old.length, text: now }];
  await client.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
}

async function diagnostics(): Promise<Diagnostic[]> {
  const report = await client.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
  assert.equal(report.kind, DocumentDiagnosticReportKind.Full);
  return 'items' in report ? report.items : [];
}

function applied(edits: TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position) => lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character;
  const sorted = [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start));
  return sorted.reduce((t, e) => t.slice(0, offset(e.range.start)) + e.newText + t.slice(offset(e.range.end)), text);
}

async function completion(place: ReturnType<typeof at>): Promise<CompletionItem[]> {
  const found = await client.sendRequest(CompletionRequest.type, { ...place, context: { triggerKind: 1 } });
  return Array.isArray(found) ? found : (found?.items ?? []);
}

test('errors come and go with the text', { skip }, async () => {
  assert.deepEqual(await diagnostics(), []);
  await type('use canal', 'use canals');
  const [wrong, ...more] = await diagnostics();
  assert.deepEqual(more, []);
  assert.ok(wrong?.message.includes('canals') && typeof wrong.code === 'string' && wrong.source === 'kssc', JSON.stringify(wrong));
  assert.equal(wrong.range.start.line, at('use canals').position.line);
  await type('use canals', 'use canal');
  assert.deepEqual(await diagnostics(), []);
});

test('completion in unfinished text, and what is taken fits', { skip }, async () => {
  await type('  use nginx\n', '  use nginx\n  use kia\n');
  const kiali = (await completion(at('use kia'))).find((item) => item.label === 'kiali');
  assert.ok(kiali?.textEdit && 'range' in kiali.textEdit, JSON.stringify(kiali));
  assert.ok(applied([kiali.textEdit]).includes('  use nginx\n  use kiali\n'));
  assert.ok(MarkupContent.is(kiali.documentation) && kiali.documentation.value !== '', JSON.stringify(kiali));
  await type('  use kia\n', '  tune longhorn { rep\n');
  assert.ok((await completion(at('{ rep'))).some((item) => item.label === 'replicas'));
  await type('  tune longhorn { rep\n', '');
});

test('hover tells type, documentation, value and who decided', { skip }, async () => {
  const hover = await client.sendRequest(HoverRequest.type, at('memo', 'ry = 10GiB'));
  assert.ok(hover && MarkupContent.is(hover.contents) && hover.range, JSON.stringify(hover));
  for (const part of ['memory : Size', 'field of `Machine`', 'kss: `10GiB`', 'clusters/kss.kss:']) {
    assert.ok(hover.contents.value.includes(part), hover.contents.value);
  }
});

test('a definition lies in another file', { skip }, async () => {
  const found = await client.sendRequest(DefinitionRequest.type, at('import ./homelab.home', 'lab'));
  assert.ok(JSON.stringify(found).includes('homelab.kss'), JSON.stringify(found));
});

test('rename changes every use, and all is well behind it', { skip }, async () => {
  const place = at('let la', 'n =');
  const prepared = await client.sendRequest(PrepareRenameRequest.type, place);
  assert.ok(prepared && 'placeholder' in prepared && prepared.placeholder === 'lan', JSON.stringify(prepared));
  const edit = await client.sendRequest(RenameRequest.type, { ...place, newName: 'home-net' });
  const changed = applied(edit?.changes?.[uri] ?? []);
  assert.equal(changed, text.replace('let lan =', 'let home-net =').replace(/([^.\w])lan\.host/g, '$1home-net.host'));
  await type(text, changed);
  assert.deepEqual(await diagnostics(), []);
  await type(text, original);
});

test('formatting lays the file out', { skip }, async () => {
  await type('  use nginx\n', '     use    nginx\n');
  const edits = await client.sendRequest(DocumentFormattingRequest.type, { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } });
  assert.equal(applied(edits ?? []), original);
});
