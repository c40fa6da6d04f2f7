import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

const root = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));

test('every command of the manifest is registered, and no other', () => {
  const declared = manifest.contributes.commands.map((c: { command: string }) => c.command).sort();
  const registered = [...read('src/extension.ts').matchAll(/ command\('(\w+)'/g)].map((m) => `kss.${m[1]}`).sort();
  assert.deepEqual(registered, declared);
});

test('menus and keys use commands that exist', () => {
  const declared = new Set(manifest.contributes.commands.map((c: { command: string }) => c.command));
  const used = [...Object.values(manifest.contributes.menus).flat(), ...manifest.contributes.keybindings] as { command: string }[];
  for (const { command } of used) assert.ok(declared.has(command), command);
});

test('files that the manifest names are in the package', () => {
  const { languages, grammars, snippets } = manifest.contributes;
  const paths = grammars.map((g: { path: string }) => g.path);
  const files = [languages[0].configuration, ...paths, snippets[0].path, manifest.main];
  const packed = read('.vscodeignore').split('\n');
  for (const file of files) assert.ok(packed.includes(`!${file.replace('./', '')}`), file);
});

test('regular expressions of the language configuration are well formed', () => {
  const configuration = JSON.parse(read('language-configuration.json'));
  const rules = configuration.onEnterRules.flatMap((r: { beforeText: string; afterText?: string }) => [r.beforeText, r.afterText ?? '']);
  for (const source of [...rules, ...Object.values(configuration.indentationRules), configuration.wordPattern]) new RegExp(source);
  const word = new RegExp(configuration.wordPattern, 'g');
  assert.deepEqual('load-balancer.pool - 1'.match(word), ['load-balancer', 'pool']);
  const more = new RegExp(configuration.indentationRules.increaseIndentPattern);
  assert.ok(more.test('module a {'));
  assert.ok(more.test('  pool = [   # why'));
  assert.ok(!more.test('  a { b = 1 }'));
  assert.ok(!more.test('# module a {'));
  const documented = new RegExp(configuration.onEnterRules[0].beforeText);
  assert.ok(documented.test('  ## An end.') && !documented.test('### no') && !documented.test('# no'));
});

test('the lock file names no host', () => {
  assert.ok(!read('package-lock.json').includes('"resolved"'));
});

test('lenses of the server find their commands', () => {
  const named = new Set([...readFileSync(path.join(root, '../../lsp/src/evaluated.rs'), 'utf8').matchAll(/"(kss\.\w+)"/g)].map((m) => m[1]));
  assert.ok(named.size >= 4, [...named].join());
  const registered = new Set([...read('src/extension.ts').matchAll(/(?:command|lens)\('(\w+)'/g)].map((m) => `kss.${m[1]}`));
  for (const name of named) assert.ok(registered.has(name!), name);
});

test('requests of the server are asked by their names', () => {
  const answered = [...readFileSync(path.join(root, '../../lsp/src/custom.rs'), 'utf8').matchAll(/custom_method\("([\w/]+)"/g)].map((m) => m[1]).sort();
  const asked = [...read('src/protocol.ts').matchAll(/>\('([\w/]+)'\)/g)].map((m) => m[1]).sort();
  assert.deepEqual(asked, answered);
});
