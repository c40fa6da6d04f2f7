// Stands for the editor in tests: remembers what it was asked to do. What is not written here is an empty class.
'use strict';

class Uri {
  constructor(scheme, path) {
    this.scheme = scheme;
    this.path = path;
    this.fsPath = path;
  }
  static parse(text) {
    const [, scheme, path] = /^([\w-]+):(?:\/\/)?(.*)$/.exec(text);
    return new Uri(scheme, path);
  }
  static from({ scheme, path }) {
    return new Uri(scheme, path);
  }
  static file(path) {
    return new Uri('file', path);
  }
  toString() {
    return `${this.scheme}:${this.scheme === 'file' ? '//' : ''}${this.path}`;
  }
}

class Position {
  constructor(line, character) {
    this.line = line;
    this.character = character;
  }
}

class Range {
  constructor(a, b, c, d) {
    this.start = a instanceof Position ? a : new Position(a, b);
    this.end = a instanceof Position ? b : new Position(c, d);
  }
}

class EventEmitter {
  constructor() {
    this.listeners = [];
    this.event = (listener) => {
      this.listeners.push(listener);
      return { dispose: () => undefined };
    };
  }
  fire(value) {
    for (const listener of this.listeners) listener(value);
  }
  dispose() {
    this.listeners = [];
  }
}

class Disposable {
  constructor(run) {
    this.dispose = run ?? (() => undefined);
  }
}

/** What happened: `[what, …]`. */
const said = [];
const note = (what) => (...values) => {
  said.push([what, ...values]);
  return Promise.resolve(undefined);
};
const commands = new Map();
const providers = new Map();
const settings = new Map();
const editor = { current: undefined };
const documents = [];
const never = () => new Disposable();
const channel = () => ({ info: note('log'), warn: note('log'), error: note('log'), show: note('show log'), dispose() {}, append() {}, appendLine() {} });

async function openTextDocument(uri) {
  const document = { uri, languageId: 'plaintext', getText: () => providers.get(uri.scheme)?.provideTextDocumentContent(uri) };
  documents.push(document);
  return document;
}

const written = {
  version: '1.90.0',
  Uri,
  Position,
  Range,
  EventEmitter,
  Disposable,
  ViewColumn: { Active: -1, Beside: -2 },
  LanguageStatusSeverity: { Information: 0, Warning: 1, Error: 2 },
  TaskScope: { Workspace: 2 },
  TaskGroup: { Build: 'build', Test: 'test' },
  TaskRevealKind: { Always: 1 },
  Task: class {
    constructor(definition, scope, name, from, execution) {
      Object.assign(this, { definition, scope, name, source: from, execution });
    }
  },
  ProcessExecution: class {
    constructor(process, args) {
      Object.assign(this, { process, args });
    }
  },
  window: {
    get activeTextEditor() {
      return editor.current;
    },
    createOutputChannel: channel,
    onDidChangeActiveTextEditor: never,
    showErrorMessage: note('error'),
    showWarningMessage: note('warning'),
    showInformationMessage: note('information'),
    showQuickPick: async (items) => {
      said.push(['pick', items.map((item) => item.label)]);
      return items[items.length - 1];
    },
    showTextDocument: async (what, options) => {
      const document = what instanceof Uri ? await openTextDocument(what) : what;
      said.push(['open', document.uri.toString(), options?.selection?.start.line]);
    },
  },
  workspace: {
    get textDocuments() {
      return documents;
    },
    workspaceFolders: [{ uri: Uri.file('/site'), name: 'site', index: 0 }],
    getWorkspaceFolder: () => undefined,
    getConfiguration: (section) => ({ get: (name, otherwise) => settings.get(`${section}.${name}`) ?? otherwise }),
    asRelativePath: (uri) => uri.path.replace(/^\/site\//, ''),
    openTextDocument,
    registerTextDocumentContentProvider: (scheme, provider) => {
      providers.set(scheme, provider);
      return new Disposable();
    },
    onDidChangeConfiguration: never,
    onDidCloseTextDocument: never,
    onDidChangeTextDocument: never,
    saveAll: note('save'),
  },
  commands: {
    registerCommand: (name, run) => {
      commands.set(name, run);
      return new Disposable(() => commands.delete(name));
    },
    executeCommand: note('run'),
  },
  languages: {
    createLanguageStatusItem: () => ({ dispose() {} }),
    setTextDocumentLanguage: async (document, language) => {
      document.languageId = language;
      return document;
    },
  },
  tasks: { registerTaskProvider: never, executeTask: note('task') },
  /** For tests alone. */
  test: { said, commands, providers, settings, editor, documents },
};

module.exports = new Proxy(written, {
  get(target, name) {
    if (name in target || typeof name === 'symbol' || name === '__esModule') return target[name];
    target[name] = class {};
    return target[name];
  },
});
