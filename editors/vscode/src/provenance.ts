// From a value to what made it, and from source to the files that it leads to.

import * as vscode from 'vscode';
import { language } from './generated';
import { Output, outputs, why, WhyPlace } from './protocol';
import { OUTPUT, outputUri, Preview, WHY } from './preview';
import { Server } from './server';

interface Place {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** The place of the cursor. A preview stands for the file that it previews. */
function here(files: Map<string, string>): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { uri } = editor.document;
  const real = uri.scheme === OUTPUT ? files.get(uri.toString()) : undefined;
  return { uri: real === undefined ? uri : vscode.Uri.parse(real), position: editor.selection.active };
}

/** What needs the server's own requests. */
export class Provenance {
  /** Where the file of each preview is, or will be. */
  private readonly files = new Map<string, string>();
  /** The document that the previews are of. */
  private source: vscode.Uri | undefined;

  constructor(
    private readonly server: Server,
    private readonly outputTexts: Preview,
    private readonly answers: Preview,
  ) {}

  /** Says beside the file where the value at the cursor comes from. */
  async why(): Promise<void> {
    const answer = await this.ask();
    if (answer === undefined) return;
    const uri = vscode.Uri.from({ scheme: WHY, path: '/why.md' });
    this.answers.set(uri, answer.markdown);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  /** From a line of an output to the source that won. */
  async toSource(): Promise<void> {
    const answer = await this.ask();
    if (answer === undefined) return;
    const place = await pick(answer.places);
    if (place === undefined) return;
    const { uri, range } = place.location;
    const client = await this.server.running();
    if (client === undefined) return;
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: client.protocol2CodeConverter.asRange(range) });
  }

  /** Lets the user choose an output of the open file, and shows it beside. */
  async preview(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const file = uri && (await this.choose(uri, undefined, 'Preview which file?'));
    if (uri === undefined || file === undefined) return;
    this.source = uri;
    await this.show(file, vscode.ViewColumn.Beside);
  }

  /** From source to the line of the file that it leads to. */
  async toGenerated(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) return;
    const file = await this.choose(editor.document.uri, editor.selection.active, 'Go to which file?');
    if (file === undefined) return;
    if (!file.changed) {
      try {
        await vscode.window.showTextDocument(vscode.Uri.parse(file.uri), { selection: lineOf(file) });
        return;
      } catch {
        // It was not written yet: what would be written is shown instead.
      }
    }
    this.source = editor.document.uri;
    await this.show(file, vscode.ViewColumn.Active);
  }

  /** Brings the open previews up to date. */
  async refresh(): Promise<void> {
    const open = vscode.workspace.textDocuments.filter((d) => d.uri.scheme === OUTPUT && this.outputTexts.has(d.uri));
    if (this.source === undefined || open.length === 0) return;
    const files = await this.outputs(this.source, undefined, false);
    for (const file of files ?? []) {
      const uri = outputUri(file.path);
      if (this.outputTexts.has(uri)) this.outputTexts.set(uri, file.text);
    }
  }

  /** A preview was closed. */
  forget(uri: vscode.Uri): void {
    if (uri.scheme !== OUTPUT) return;
    this.outputTexts.forget(uri);
    this.files.delete(uri.toString());
  }

  private async ask() {
    const place = here(this.files);
    const client = place && (await this.server.running());
    if (place === undefined || client === undefined) return undefined;
    const answer = await client.sendRequest(why, {
      textDocument: { uri: place.uri.toString() },
      position: client.code2ProtocolConverter.asPosition(place.position),
    });
    if (answer === null) void vscode.window.showInformationMessage('No value of the site stands here.');
    return answer ?? undefined;
  }

  private async outputs(uri: vscode.Uri, position: vscode.Position | undefined, loud = true): Promise<Output[] | undefined> {
    const client = await this.server.running();
    if (client === undefined) return undefined;
    const answer = await client.sendRequest(outputs, {
      textDocument: { uri: uri.toString() },
      position: position && client.code2ProtocolConverter.asPosition(position),
    });
    const files = answer?.files ?? [];
    if (files.length === 0 && loud) {
      const what = position === undefined ? 'This file leads to no output.' : 'What stands here leads to no output.';
      void vscode.window.showInformationMessage(`${what} While the site has errors, nothing is written.`);
    }
    return files;
  }

  private async choose(uri: vscode.Uri, position: vscode.Position | undefined, title: string): Promise<Output | undefined> {
    const files = await this.outputs(uri, position);
    if (files === undefined || files.length < 2) return files?.[0];
    const items = files.map((file) => ({ label: file.path, description: file.changed ? 'changed' : '', file }));
    return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.file;
  }

  private async show(file: Output, column: vscode.ViewColumn): Promise<void> {
    const uri = outputUri(file.path);
    this.files.set(uri.toString(), file.uri);
    this.outputTexts.set(uri, file.text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language(file.path)).then(undefined, () => undefined);
    await vscode.window.showTextDocument(document, { viewColumn: column, preview: true, selection: lineOf(file) });
  }
}

function lineOf(file: Output): vscode.Range | undefined {
  const line = file.lines[0];
  return line === undefined ? undefined : new vscode.Range(line, 0, line, 0);
}

async function pick(places: WhyPlace[]): Promise<WhyPlace | undefined> {
  if (places.length < 2) {
    if (places.length === 0) void vscode.window.showInformationMessage('No line of the sources made this.');
    return places[0];
  }
  const items = places.map((place) => {
    const uri = vscode.Uri.parse(place.location.uri);
    const where = `${vscode.workspace.asRelativePath(uri)}:${place.location.range.start.line + 1}`;
    return { label: where, description: place.label, place };
  });
  return (await vscode.window.showQuickPick(items, { title: 'The first one won; the others have a say too', matchOnDescription: true }))?.place;
}
