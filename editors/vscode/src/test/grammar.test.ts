import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import * as oniguruma from 'vscode-oniguruma';
import { INITIAL, IGrammar, parseRawGrammar, Registry } from 'vscode-textmate';

const root = path.join(__dirname, '..');
const repository = path.join(root, '..', '..');

async function grammar(): Promise<IGrammar> {
  const file = path.join(root, 'syntaxes/kss.tmLanguage.json');
  const wasm = readFileSync(path.join(root, 'node_modules/vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(new Uint8Array(wasm).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(readFileSync(file, 'utf8'), file),
  });
  const loaded = await registry.loadGrammar('source.kss');
  assert.ok(loaded);
  return loaded;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sources(file);
    return entry.name.endsWith('.kss') ? [file] : [];
  });
}

test('the library and the clusters have no illegal part, and end outside of all braces', async () => {
  const kss = await grammar();
  const files = [...sources(path.join(repository, 'stdlib')), ...sources(path.join(repository, 'clusters'))];
  assert.ok(files.length > 80, `only ${files.length} files`);
  for (const file of files) {
    let stack = INITIAL;
    for (const [number, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      const { tokens, ruleStack } = kss.tokenizeLine(line, stack);
      stack = ruleStack;
      for (const token of tokens) {
        const illegal = token.scopes.find((scope) => scope.startsWith('invalid'));
        const part = line.slice(token.startIndex, token.endIndex);
        assert.equal(illegal, undefined, `${file}:${number + 1}: \`${part}\` is ${illegal}`);
      }
    }
    assert.equal(stack.depth, 1, `${file} ends inside of something`);
  }
});
