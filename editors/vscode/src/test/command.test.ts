import * as assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates, compiler, expand, server } from '../command';
import { isGenerated, language } from '../generated';

const none = { path: '', arguments: [] };

test('without a setting the server is `kssc lsp` of the PATH', () => {
  assert.deepEqual(server(none, '/home/a', undefined), { program: 'kssc', arguments: ['lsp'] });
  assert.deepEqual(candidates('kssc', '/a:/b', false), ['/a/kssc', '/b/kssc']);
  assert.deepEqual(candidates('/x/kssc', '/a:/b', false), ['/x/kssc']);
});

test('`kss-lsp` takes no `lsp`', () => {
  const settings = { path: '/opt/kss-lsp', arguments: ['--log', '/tmp/l'] };
  assert.deepEqual(server(settings, '/home/a', undefined), { program: '/opt/kss-lsp', arguments: ['--log', '/tmp/l'] });
  assert.equal(compiler(settings, '/home/a', undefined), '/opt/kssc');
  assert.equal(compiler({ path: 'kss-lsp', arguments: [] }, '/home/a', undefined), 'kssc');
});

test('home and folder are filled in', () => {
  assert.equal(expand('~/bin/kssc', '/home/a', undefined), '/home/a/bin/kssc');
  assert.equal(expand('${workspaceFolder}/target/debug/kssc', '/home/a', '/w'), '/w/target/debug/kssc');
  assert.equal(expand('/a~/kssc', '/home/a', '/w'), '/a~/kssc');
});

test('files of the deploy tree are told from others', () => {
  assert.ok(isGenerated('/w/deploy/a/b.yaml', ['/w'], 'deploy'));
  assert.ok(isGenerated('/w/deploy/a.yaml', ['/w/clusters'], 'deploy'));
  assert.ok(isGenerated('/out/a.yaml', ['/w'], '/out'));
  assert.ok(!isGenerated('/w/clusters/a.kss', ['/w'], 'deploy'));
  assert.ok(!isGenerated('/w/deployed/a', ['/w'], 'deploy'));
  assert.ok(!isGenerated('/w/deploy', ['/w'], 'deploy'));
});

test('outputs have the language of their name', () => {
  assert.equal(language('clusters/kss/helm/loki.yaml'), 'yaml');
  assert.equal(language('machines/a/default.nix'), 'nix');
  assert.equal(language('a/Makefile'), 'plaintext');
});
