// `kssc check` and `kssc build` as tasks.

import * as vscode from 'vscode';
import { compilerProgram } from './server';

interface Definition extends vscode.TaskDefinition {
  command: 'check' | 'build';
  path?: string;
}

function task(definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace): vscode.Task {
  const args = definition.path === undefined ? [definition.command] : [definition.command, definition.path];
  const run = new vscode.ProcessExecution(compilerProgram(), args);
  const made = new vscode.Task(definition, scope, definition.command, 'kssc', run, '$kssc');
  made.group = definition.command === 'build' ? vscode.TaskGroup.Build : vscode.TaskGroup.Test;
  made.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true, showReuseMessage: false };
  return made;
}

function isDefinition(definition: vscode.TaskDefinition): definition is Definition {
  return definition.type === 'kssc' && (definition['command'] === 'check' || definition['command'] === 'build');
}

export const taskProvider: vscode.TaskProvider = {
  provideTasks: () =>
    (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
      (['check', 'build'] as const).map((command) => task({ type: 'kssc', command }, folder)),
    ),
  resolveTask: ({ definition, scope }) =>
    isDefinition(definition) && typeof scope === 'object' ? task(definition, scope) : undefined,
};

/** Runs the tests with `title` in their name, in `folder`. Lenses above tests do this. */
export async function runTest(folder: string, title: string): Promise<void> {
  await vscode.workspace.saveAll(false);
  const run = new vscode.ProcessExecution(compilerProgram(), ['test', '--filter', title], { cwd: folder });
  const task = new vscode.Task({ type: 'kssc', command: 'test' }, vscode.TaskScope.Workspace, 'test', 'kssc', run, '$kssc');
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true, showReuseMessage: false };
  await vscode.tasks.executeTask(task);
}

/** Runs a command of the compiler in the folder of the open file. All open files are saved first. */
export async function run(command: 'check' | 'build'): Promise<void> {
  const open = vscode.window.activeTextEditor?.document.uri;
  const folder = (open && vscode.workspace.getWorkspaceFolder(open)) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    void vscode.window.showWarningMessage('Open the folder of a site first.');
    return;
  }
  await vscode.workspace.saveAll(false);
  await vscode.tasks.executeTask(task({ type: 'kssc', command }, folder));
}
