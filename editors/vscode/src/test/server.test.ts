// The server's own requests, over the wire: what it answers has the form of protocol.ts. Needs $KSSC.

import * as assert from 'node:assert/strict';
import { ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { generatedOf, outputs, sourceOf, why } from '../protocol';

const program = process.env['KSSC'] ?? '';
const skip = existsSync(program) ? false : '$KSSC names no compiler';
const repository = path.join(__dirname, '../../..');

let server: ChildProcess;
let wire: MessageConnection;
let root: string;
let text: string;
let uri: string;

before(async () => {
  if (skip !== false) return;
  root = mkdtempSync(path.join(tmpdir(), 'kss-'));
  // So deep that a deploy tree that somebody left in the folder for temporary files is not taken for that of the project.
  const folder = path.join(root, 'a/b/site');
  mkdirSync(path.join(folder, 'clusters'), { recursive: true });
  for (const name of ['apps', 'homelab', 'kcs', 'kss']) {
    cpSync(path.join(repository, `clusters/${name}.kss`), path.join(folder, `clusters/${name}.kss`));
  }
  const file = path.join(folder, 'clusters/kss.kss');
  text = readFileSync(file, 'utf8');
  uri = pathToFileURL(file).toString();
  server = spawn(program, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  assert.ok(server.stdout && server.stdin);
  wire = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  // Whatever the server asks of the editor (settings, watching files) is answered with nothing.
  wire.onRequest(() => null);
  wire.listen();
  const folders = [{ uri: pathToFileURL(folder).toString(), name: 'site' }];
  await wire.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {}, workspaceFolders: folders });
  await wire.sendNotification('initialized', {});
  await wire.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'kss', version: 1, text } });
});

after(async () => {
  if (skip !== false) return;
  await wire.sendRequest('shutdown');
  await wire.sendNotification('exit');
  wire.dispose();
  server.kill();
  rmSync(root, { recursive: true });
});

/** The place of the first `part`, `inside` characters on. */
function at(part: string, inside = 0) {
  const lines = text.split('\n');
  const line = lines.findIndex((l) => l.includes(part));
  assert.notEqual(line, -1, part);
  return { textDocument: { uri }, position: { line, character: (lines[line] ?? '').indexOf(part) + inside } };
}

test('why is answered', { skip }, async () => {
  const answers = await wire.sendRequest(why, at('memory = 10GiB'));
  const answer = answers?.[0];
  assert.ok(answer && answer.scope !== '' && answer.value.includes('10'), JSON.stringify(answers));
  const step = answer.steps.find((s) => s.won);
  assert.ok(step && step.role !== '' && step.location.uri === uri, JSON.stringify(answer));
  assert.equal(step.location.range.start.line, at('memory = 10GiB').position.line);
});

test('outputs, and the way back from a line of one', { skip }, async () => {
  const files = (await wire.sendRequest(outputs, { textDocument: { uri }, scope: 'kss' })) ?? [];
  assert.ok(files.length > 10, `${files.length} files`);
  const file = files.find((f) => f.text?.includes('chart'));
  assert.ok(file?.text && file.uri === null && file.path.startsWith('clusters/kss/'), JSON.stringify(file));
  const lines = file.text.split('\n').length;
  let found = 0;
  for (let line = 0; line < Math.min(lines, 30); line++) {
    const answer = await wire.sendRequest(sourceOf, { textDocument: { uri }, path: file.path, line }).catch(() => null);
    if (answer?.steps.some((s) => s.won && s.location.uri.startsWith('file:')) === true) found++;
  }
  assert.ok(found > 0, file.path);
});

test('from source to lines of outputs', { skip }, async () => {
  const found = (await wire.sendRequest(generatedOf, at('version = "v1', 0))) ?? [];
  assert.ok(found.length > 0 && found.every((g) => g.path !== '' && g.line >= 0), JSON.stringify(found));
});
