// From a value to what made it, and from source to the files that it leads to.

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { language } from './generated';
import { OUTPUT, outputUri, Preview, WHY } from './preview';
import { Generated, generatedOf, Output, outputs, sourceOf, Step, Why, why } from './protocol';
import { Server } from './server';
import { byInterest, markdown, scopeOf } from './why';

/** A place in a `.kss` file. */
interface Place {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** What a preview shows: a file of the deploy tree, and where it was asked from. */
interface Shown extends Place {
  path: string;
}

/** What needs the server's own requests. */
export class Provenance {
  private readonly shown = new Map<string, Shown>();

  constructor(
    private readonly server: Server,
    private readonly texts: Preview,
    private readonly answers: Preview,
  ) {}

  /** Says beside the file where the value at the cursor comes from. */
  async why(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) return;
    const answers =
      editor.document.languageId === 'kss'
        ? await this.reasons({ uri: editor.document.uri, position: editor.selection.active })
        : await this.sources(editor);
    if (answers !== undefined) await this.tell(answers);
  }

  /** As `why`, for a place that somebody names. */
  async whyAt(place: Place): Promise<void> {
    const answers = await this.reasons(place);
    if (answers !== undefined) await this.tell(answers);
  }

  /** From a line of an output to the source that counts. */
  async toSource(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const answers = editor && (await this.sources(editor));
    if (answers === undefined) return;
    const step = await pickStep(byInterest(answers.flatMap((answer) => answer.steps)));
    const client = step && (await this.server.running());
    if (step === undefined || client === undefined) return;
    const { uri, range } = step.location;
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: client.protocol2CodeConverter.asRange(range) });
  }

  /** Lets the user choose an output of what stands at the cursor, or at `place`, and shows it beside. */
  async preview(place = cursor()): Promise<void> {
    if (place === undefined) return;
    const files = await this.files(place, undefined);
    const file = files && (await pick(files, 'Preview which file?', (f) => f.path));
    if (files?.length === 0) nothing('What stands here leads to no output.');
    if (file !== undefined) await this.show(place, file, undefined, vscode.ViewColumn.Beside);
  }

  /** From source to the line of the file that it leads to. */
  async toGenerated(): Promise<void> {
    const place = cursor();
    const client = place && (await this.server.running());
    if (place === undefined || client === undefined) return;
    const found = (await client.sendRequest(generatedOf, position(client, place))) ?? [];
    if (found.length === 0) nothing('What stands here leads to no line of an output.');
    const line = await pick(found, 'Go to which line?', (g) => `${g.path}:${g.line + 1}`);
    if (line !== undefined) await this.open(place, line);
  }

  /** Brings the open previews up to date. */
  async refresh(): Promise<void> {
    const open = vscode.workspace.textDocuments.map((d) => d.uri.toString()).filter((uri) => this.shown.has(uri));
    for (const uri of open) {
      const shown = this.shown.get(uri);
      if (shown === undefined) continue;
      const files = await this.files(shown, scopeOf(shown.path));
      const text = files?.find((file) => file.path === shown.path)?.text;
      if (text !== undefined && text !== null) this.texts.set(outputUri(shown.path), text);
    }
  }

  /** A preview was closed. */
  forget(uri: vscode.Uri): void {
    if (uri.scheme !== OUTPUT) return;
    this.texts.forget(uri);
    this.shown.delete(uri.toString());
  }

  private async reasons(place: Place): Promise<Why[] | undefined> {
    const client = await this.server.running();
    if (client === undefined) return undefined;
    const answers = (await client.sendRequest(why, position(client, place))) ?? [];
    if (answers.length > 0) return answers;
    nothing('No value of the site stands here.');
    return undefined;
  }

  /** What made the line of the cursor, in a file of the deploy tree or a preview of one. */
  private async sources(editor: vscode.TextEditor): Promise<Why[] | undefined> {
    const client = await this.server.running();
    if (client === undefined) return undefined;
    const { uri } = editor.document;
    const shown = this.shown.get(uri.toString());
    const params = { textDocument: { uri: (shown?.uri ?? uri).toString() }, path: shown?.path, line: editor.selection.active.line };
    try {
      const answer = await client.sendRequest(sourceOf, params);
      if (answer !== null) return [answer];
      nothing('This file is none that the site leads to.');
    } catch (error) {
      // The server says what is wrong with the place.
      nothing(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }

  private async tell(answers: Why[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: WHY, path: '/why.md' });
    this.answers.set(uri, markdown(answers, (file) => vscode.workspace.asRelativePath(vscode.Uri.parse(file))));
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  private async files(place: Place, scope: string | undefined): Promise<Output[] | undefined> {
    const client = await this.server.running();
    if (client === undefined) return undefined;
    const at = position(client, place);
    return (await client.sendRequest(outputs, scope === undefined ? at : { textDocument: at.textDocument, scope })) ?? [];
  }

  /** Opens a line of the file on the disk, or of a preview where it was not written yet. */
  private async open(place: Place, generated: Generated): Promise<void> {
    if (generated.uri !== null) {
      await vscode.window.showTextDocument(vscode.Uri.parse(generated.uri), { selection: whole(generated.line) });
      return;
    }
    const files = (await this.files(place, scopeOf(generated.path))) ?? [];
    const file = files.find((f) => f.path === generated.path);
    if (file !== undefined) await this.show(place, file, generated.line, vscode.ViewColumn.Active);
  }

  private async show(place: Place, file: Output, line: number | undefined, column: vscode.ViewColumn): Promise<void> {
    if (file.text === null) {
      nothing(`\`${file.path}\` is copied as it is.`);
      return;
    }
    const uri = outputUri(file.path);
    this.shown.set(uri.toString(), { ...place, path: file.path });
    this.texts.set(uri, file.text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language(file.path)).then(undefined, () => undefined);
    const selection = line === undefined ? undefined : whole(line);
    await vscode.window.showTextDocument(document, { viewColumn: column, preview: true, selection });
  }
}

function cursor(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && { uri: editor.document.uri, position: editor.selection.active };
}

function position(client: LanguageClient, place: Place) {
  return { textDocument: { uri: place.uri.toString() }, position: client.code2ProtocolConverter.asPosition(place.position) };
}

function whole(line: number): vscode.Range {
  return new vscode.Range(line, 0, line, 0);
}

function nothing(text: string): void {
  void vscode.window.showInformationMessage(text);
}

/** One of `all`; the user is asked only where there are several. */
async function pick<T>(all: T[], title: string, label: (one: T) => string): Promise<T | undefined> {
  if (all.length < 2) return all[0];
  const items = all.map((value) => ({ label: label(value), value }));
  return (await vscode.window.showQuickPick(items, { title }))?.value;
}

async function pickStep(steps: Step[]): Promise<Step | undefined> {
  if (steps.length < 2) return steps[0];
  const items = steps.map((step) => {
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(step.location.uri));
    const description = step.won ? step.role : `${step.role} (overridden)`;
    return { label: `${file}:${step.location.range.start.line + 1}`, description, step };
  });
  return (await vscode.window.showQuickPick(items, { title: 'Go to which statement?', matchOnDescription: true }))?.step;
}
