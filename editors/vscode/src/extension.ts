// What VS Code calls.

import * as vscode from 'vscode';
import { Position } from 'vscode-languageclient/node';
import { isGenerated } from './generated';
import { OUTPUT, Preview, WHY } from './preview';
import { Provenance } from './provenance';
import { Server } from './server';
import { run, runTest, taskProvider } from './tasks';

let server: Server | undefined;

/** Previews follow the text this long after a key, in milliseconds. */
const PAUSE = 400;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const running = new Server();
  server = running;
  const [texts, answers] = [new Preview(), new Preview()];
  const provenance = new Provenance(running, texts, answers);
  const command = (name: string, action: () => unknown) => vscode.commands.registerCommand(`kss.${name}`, action);
  const lens = (name: string, action: (...words: never[]) => unknown) => vscode.commands.registerCommand(`kss.${name}`, action);
  context.subscriptions.push(
    running,
    texts,
    answers,
    vscode.workspace.registerTextDocumentContentProvider(OUTPUT, texts),
    vscode.workspace.registerTextDocumentContentProvider(WHY, answers),
    vscode.tasks.registerTaskProvider('kssc', taskProvider),
    command('check', () => run('check')),
    command('build', () => run('build')),
    command('why', () => provenance.why()),
    command('outputs', () => provenance.preview()),
    command('goToGenerated', () => provenance.toGenerated()),
    command('goToSource', () => provenance.toSource()),
    command('restart', () => running.restart()),
    command('showLog', () => running.showLog()),
    lens('showReferences', showReferences),
    lens('showOutputs', (uri: string, at: Position) => provenance.preview(place(uri, at))),
    lens('showWhy', (uri: string, at: Position) => provenance.whyAt(place(uri, at))),
    lens('runTest', runTest),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kss.server')) void running.restart();
    }),
    vscode.window.onDidChangeActiveTextEditor(mark),
    vscode.workspace.onDidCloseTextDocument((document) => provenance.forget(document.uri)),
    following(provenance),
  );
  mark(vscode.window.activeTextEditor);
  await running.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** The server's places count UTF-16, as the editor's do. */
function place(uri: string, { line, character }: Position) {
  return { uri: vscode.Uri.parse(uri), position: new vscode.Position(line, character) };
}

/** What a click on "3 references" does. */
async function showReferences(uri: string, at: Position): Promise<void> {
  const { uri: file, position } = place(uri, at);
  const found = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', file, position);
  await vscode.commands.executeCommand('editor.action.showReferences', file, position, found ?? []);
}

/** Brings previews up to date a while after each change of a `.kss` file. */
function following(provenance: Provenance): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const changes = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document.languageId !== 'kss') return;
    clearTimeout(timer);
    timer = setTimeout(() => void provenance.refresh(), PAUSE);
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    changes.dispose();
  });
}

/** Tells menus whether the open file is an output. */
function mark(editor: vscode.TextEditor | undefined): void {
  const uri = editor?.document.uri;
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const deploy = vscode.workspace.getConfiguration('kss').get('deploy', 'deploy');
  const is = uri !== undefined && (uri.scheme === OUTPUT || (uri.scheme === 'file' && isGenerated(uri.fsPath, folders, deploy)));
  void vscode.commands.executeCommand('setContext', 'kss.isGenerated', is);
}
