import * as vscode from 'vscode';

/** Whether anything may be started here; tells why not. The manifest hides commands, this guards them. */
export async function trusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const picked = await vscode.window.showWarningMessage(
    `${what} needs a trusted workspace: results can be read here, but nothing is started.`,
    'Manage Trust',
  );
  if (picked) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}
