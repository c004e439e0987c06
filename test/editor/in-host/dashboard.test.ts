import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { describe, it } from './bdd.ts';

/** Titles of open dashboards. */
function dashboards(): string[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap(({ input, label }) =>
    input instanceof vscode.TabInputWebview && input.viewType.includes('mergeLab.dashboard') ? [label] : [],
  );
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const limit = Date.now() + 40_000;
  while (!holds()) {
    assert.ok(Date.now() < limit, `${what}: ${JSON.stringify(dashboards())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a dashboard', () => {
  it('follows its file to another name, and closes when the file is deleted', async () => {
    const [sample] = await vscode.workspace.findFiles('nine-domains.mergelab.yaml');
    assert.ok(sample);
    const [first, second] = ['first', 'second'].map((name) =>
      vscode.Uri.joinPath(sample, '..', `${name}.mergelab.yaml`),
    );
    assert.ok(first && second);
    await vscode.workspace.fs.copy(sample, first);
    try {
      await vscode.commands.executeCommand('mergeLab.openDashboard', first);
      await until('it opens', () => dashboards().join() === 'first');
      const rename = new vscode.WorkspaceEdit();
      rename.renameFile(first, second);
      assert.ok(await vscode.workspace.applyEdit(rename));
      await until('it follows', () => dashboards().join() === 'second');
      const remove = new vscode.WorkspaceEdit();
      remove.deleteFile(second);
      assert.ok(await vscode.workspace.applyEdit(remove));
      await until('it closes', () => dashboards().length === 0);
    } finally {
      for (const file of [first, second])
        await vscode.workspace.fs.delete(file).then(undefined, () => undefined);
    }
  });
});
