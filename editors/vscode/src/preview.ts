// Outputs as they would be written now, and answers to "why": documents without a file.

import * as vscode from 'vscode';

export const OUTPUT = 'kss-output';
export const WHY = 'kss-why';

/** Texts by path, and who wants to hear of new ones. */
export class Preview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows `text` where `uri` is open. */
  set(uri: vscode.Uri, text: string): void {
    const key = uri.toString();
    if (this.texts.get(key) === text) return;
    this.texts.set(key, text);
    this.changed.fire(uri);
  }

  forget(uri: vscode.Uri): void {
    this.texts.delete(uri.toString());
  }

  dispose(): void {
    this.changed.dispose();
    this.texts.clear();
  }
}

/** The document in which an output is shown. */
export function outputUri(path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: OUTPUT, path: `/${path}` });
}
