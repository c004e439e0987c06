/** In a window whose folder nobody trusts: every command of the manifest is executed, whatever menus would hide. */
import assert from 'node:assert/strict';
import processes from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { after, before, describe, it } from '../bdd.ts';

const { commands, workspace } = vscode;
const extension = vscode.extensions.getExtension('model-merge-lab.model-merge-lab');
const contributed: readonly { readonly command: string }[] = extension?.packageJSON.contributes.commands;
const [folder] = workspace.workspaceFolders ?? [];
const experiment = vscode.Uri.joinPath(folder?.uri ?? vscode.Uri.file('/'), 'nine-domains.mergelab.yaml');
const home = process.env['MERGE_LAB_HOME'] ?? '';
const started: string[] = [];

/** Records whatever ours would start from now on, and starts none of it. @returns what puts things right again */
function recordStarts(): () => void {
  const all = processes as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  const names = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const;
  const own = names.map((name) => [name, all[name] as (...args: readonly unknown[]) => unknown] as const);
  for (const [name, start] of own)
    all[name] = (...args) => {
      // VS Code itself looks for ports from this process.
      const callers = new Error().stack?.split('\n').slice(2).join('\n') ?? '';
      if (!/[\\/](extension|in-host[^\\/]*)[\\/.]/.test(callers)) return start(...args);
      started.push(`${name} ${String(args[0])}`);
      throw new Error('not started');
    };
  return () => {
    for (const [name, start] of own) all[name] = start;
  };
}

/** Every file under a folder with its size and time. */
function files(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(root, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

/** To its end; whatever it asks is left unanswered and closed. */
async function execute(command: string, target: vscode.Uri | undefined): Promise<void> {
  let isDone = false;
  const running = commands.executeCommand(command, target).then(() => {
    isDone = true;
  });
  for (let tries = 0; !isDone && tries < 400; tries++) {
    await sleep(25);
    await commands.executeCommand('workbench.action.closeQuickOpen');
    await commands.executeCommand('notifications.clearAll');
  }
  assert.ok(isDone, `${command} did not end`);
  await running;
}

describe('a window that is not trusted', () => {
  let restore = (): void => {};
  before(async () => {
    await vscode.window.showTextDocument(experiment);
    await extension?.activate();
    restore = recordStarts();
  });
  after(() => restore());

  it('is really one, and takes no Python from its folder', () => {
    assert.equal(workspace.isTrusted, false);
    const settings = workspace.getConfiguration('mergeLab', experiment);
    assert.equal(settings.inspect('python')?.workspaceFolderValue ?? '', '');
    assert.notEqual(settings.get('python'), '/folder/python');
  });

  it('has a recorder that catches what is started', () => {
    assert.throws(() => processes.spawn('true'), /not started/);
    assert.deepEqual(started.splice(0), ['spawn true']);
  });

  assert.ok(contributed.length > 10);
  for (const { command } of contributed)
    it(`starts and writes nothing by ${command}`, async () => {
      const before = [files(path.dirname(experiment.fsPath)), files(home)];
      await execute(command, undefined);
      await execute(command, experiment);
      assert.deepEqual(started.splice(0), []);
      assert.deepEqual([files(path.dirname(experiment.fsPath)), files(home)], before);
    });
});
