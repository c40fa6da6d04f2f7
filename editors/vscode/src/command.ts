// Which program is the server, and how it is started. Nothing here knows the editor.

import * as path from 'node:path';

export interface Settings {
  path: string;
  arguments: string[];
}

export interface Command {
  program: string;
  arguments: string[];
}

/** `~/bin/kssc` and `${workspaceFolder}/target/debug/kssc` mean what they mean in other settings. */
export function expand(text: string, home: string, folder: string | undefined): string {
  const expanded = folder === undefined ? text : text.replaceAll('${workspaceFolder}', folder);
  return expanded === '~' || expanded.startsWith('~/') ? path.join(home, expanded.slice(1)) : expanded;
}

/** The command that starts the server: `kssc lsp`, or a `kss-lsp` by itself. */
export function server(settings: Settings, home: string, folder: string | undefined): Command {
  const program = settings.path.trim() === '' ? 'kssc' : expand(settings.path.trim(), home, folder);
  const own = /^kss-lsp(\.exe)?$/.test(path.basename(program));
  return { program, arguments: [...(own ? [] : ['lsp']), ...settings.arguments] };
}

/** The compiler that belongs to the server: itself, or its neighbour. */
export function compiler(settings: Settings, home: string, folder: string | undefined): string {
  const { program } = server(settings, home, folder);
  const name = path.basename(program);
  if (!name.startsWith('kss-lsp')) return program;
  return program === name ? name.replace('kss-lsp', 'kssc') : path.join(path.dirname(program), name.replace('kss-lsp', 'kssc'));
}

/** The programs that a name without a folder may mean, in the order of the `PATH`. */
export function candidates(program: string, searched: string | undefined, windows: boolean): string[] {
  if (path.basename(program) !== program) return [program];
  const names = windows && !program.endsWith('.exe') ? [`${program}.exe`] : [program];
  const folders = (searched ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
}
