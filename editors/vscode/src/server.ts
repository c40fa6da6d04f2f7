// Finds, starts and stops the server.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions, RevealOutputChannelOn, ServerOptions, State } from 'vscode-languageclient/node';
import { candidates, Command, compiler, server, Settings } from './command';

function settings(): Settings {
  const section = vscode.workspace.getConfiguration('kss.server');
  return { path: section.get('path', ''), arguments: section.get('arguments', []) };
}

function folder(): string | undefined {
  return vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file')?.uri.fsPath;
}

/** The compiler for tasks. */
export function compilerProgram(): string {
  return compiler(settings(), homedir(), folder());
}

async function find(command: Command): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  for (const candidate of candidates(command.program, process.env['PATH'], windows)) {
    try {
      await access(candidate, windows ? constants.F_OK : constants.X_OK);
      return candidate;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

/** The server, with what the user sees of it. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /** One start or stop after the other. */
  private turn: Promise<void> = Promise.resolve();
  private readonly log = vscode.window.createOutputChannel('kss', { log: true });
  private readonly trace = vscode.window.createOutputChannel('kss: messages');
  private readonly status = vscode.languages.createLanguageStatusItem('kss.server', [{ language: 'kss' }]);

  constructor() {
    this.status.name = 'kss';
    this.status.command = { title: 'Show Log', command: 'kss.showLog' };
    this.say('starting', vscode.LanguageStatusSeverity.Information);
  }

  /** The running client, or `undefined` with a message. */
  async running(): Promise<LanguageClient | undefined> {
    await this.turn;
    if (this.client?.state === State.Running) return this.client;
    void vscode.window.showWarningMessage('The kss server is not running.', 'Restart', 'Show Log').then((choice) => {
      if (choice === 'Restart') void this.restart();
      if (choice === 'Show Log') this.showLog();
    });
    return undefined;
  }

  start(): Promise<void> {
    return this.next(() => this.launch());
  }

  restart(): Promise<void> {
    return this.next(async () => {
      await this.halt();
      await this.launch();
    });
  }

  showLog(): void {
    this.log.show(true);
  }

  async stop(): Promise<void> {
    await this.next(() => this.halt());
  }

  dispose(): void {
    void this.stop();
    this.status.dispose();
    this.log.dispose();
    this.trace.dispose();
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(step, step);
    return this.turn;
  }

  private say(text: string, severity: vscode.LanguageStatusSeverity): void {
    this.status.text = `kss: ${text}`;
    this.status.severity = severity;
  }

  private async launch(): Promise<void> {
    const command = server(settings(), homedir(), folder());
    const program = await find(command);
    if (program === undefined) {
      this.say('no server', vscode.LanguageStatusSeverity.Error);
      this.log.error(`\`${command.program}\` is not there, or is no program`);
      this.missing(command.program);
      return;
    }
    this.log.info(`starting \`${[program, ...command.arguments].join(' ')}\``);
    const run: ServerOptions = { command: program, args: command.arguments, options: { cwd: folder() } };
    const client = new LanguageClient('kss', 'kss', run, this.options());
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        const info = client.initializeResult?.serverInfo;
        this.status.detail = info === undefined ? undefined : `${info.name} ${info.version ?? ''}`.trim();
        this.say('ready', vscode.LanguageStatusSeverity.Information);
      } else if (newState === State.Stopped) {
        this.say('stopped', vscode.LanguageStatusSeverity.Warning);
      }
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.say('failed', vscode.LanguageStatusSeverity.Error);
      this.log.error(`the server did not start: ${String(error)}`);
      void vscode.window.showErrorMessage('The kss server did not start.', 'Show Log').then((choice) => {
        if (choice !== undefined) this.showLog();
      });
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [
        { language: 'kss', scheme: 'file' },
        { language: 'kss', scheme: 'untitled' },
      ],
      synchronize: { configurationSection: 'kss' },
      initializationOptions: vscode.workspace.getConfiguration('kss'),
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { isTrusted: false, supportHtml: false },
    };
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      if (client?.needsStop() === true) await client.stop();
    } catch (error) {
      this.log.warn(`the server did not stop in time: ${String(error)}`);
    }
    await client?.dispose();
  }

  private missing(program: string): void {
    const text = `\`${program}\` was not found. Install kssc, or say in the settings where it is; colours work without it.`;
    void vscode.window.showErrorMessage(text, 'Open Settings').then((choice) => {
      if (choice !== undefined) void vscode.commands.executeCommand('workbench.action.openSettings', 'kss.server.path');
    });
  }
}
