import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import * as oniguruma from 'vscode-oniguruma';
import { INITIAL, IGrammar, parseRawGrammar, Registry } from 'vscode-textmate';

const root = path.join(__dirname, '..');
const repository = path.join(root, '..', '..');

const files: Record<string, string> = {
  'source.kss': 'syntaxes/kss.tmLanguage.json',
  'markdown.kss.codeblock': 'syntaxes/markdown.tmLanguage.json',
};

/** The machine for regular expressions, which is loaded once. */
let loading: Promise<void> | undefined;

async function grammar(scope: string): Promise<IGrammar> {
  const wasm = readFileSync(path.join(root, 'node_modules/vscode-oniguruma/release/onig.wasm'));
  loading ??= oniguruma.loadWASM(new Uint8Array(wasm).buffer);
  await loading;
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (name) => {
      const file = files[name];
      return file === undefined ? null : parseRawGrammar(readFileSync(path.join(root, file), 'utf8'), file);
    },
  });
  const loaded = await registry.loadGrammar(scope);
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
  const kss = await grammar('source.kss');
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

test('blocks of kss in Markdown have its colours, and end with their fence', async () => {
  const markdown = await grammar('markdown.kss.codeblock');
  const lines = ['```kss in-site', 'use canal   # why', '}', '```', 'use canal'];
  let stack = INITIAL;
  const scopes = lines.map((line) => {
    const { tokens, ruleStack } = markdown.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map((token) => token.scopes.at(-1));
  });
  assert.ok(scopes[1]?.includes('comment.line.number-sign.kss'), String(scopes[1]));
  assert.ok(scopes[1]?.some((scope) => scope?.startsWith('keyword')), String(scopes[1]));
  assert.deepEqual(scopes[4], ['markdown.kss.codeblock']);
});
