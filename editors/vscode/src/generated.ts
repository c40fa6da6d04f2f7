// Files of the deploy tree. Nothing here knows the editor.

import * as path from 'node:path';

/** Is `file` a file of the deploy tree of one of these folders? `deploy` may stand in a folder or beside it. */
export function isGenerated(file: string, folders: string[], deploy: string): boolean {
  return folders.some((folder) =>
    [path.resolve(folder, deploy), path.resolve(path.dirname(folder), deploy)].some((tree) => {
      const inside = path.relative(tree, file);
      return inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);
    }),
  );
}

/** The language of an output, by its name. */
export function language(file: string): string {
  const extension = path.extname(file).slice(1);
  const known: Record<string, string> = {
    yaml: 'yaml',
    yml: 'yaml',
    json: 'json',
    nix: 'nix',
    tf: 'terraform',
    tfvars: 'terraform',
    toml: 'toml',
    sh: 'shellscript',
    env: 'shellscript',
    mk: 'makefile',
    xml: 'xml',
    md: 'markdown',
  };
  return known[extension] ?? 'plaintext';
}
