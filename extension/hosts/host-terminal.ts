import * as vscode from 'vscode';
import { wrongDestination } from '../../core/hosts/host.ts';
import { findHost } from '../../runner/hosts/find-host.ts';
import { userHome } from '../../runner/store-folder.ts';
import { plain } from '../../words/plain.ts';

/**
 * Opens a terminal in which ssh asks whatever it asks. No shell reads the address. Where the user's configuration shares
 * connections, this one is shared. Throws as `findHost` does.
 */
export function openTerminal(name: string): void {
  const { ssh } = findHost(name, userHome()).host;
  if (wrongDestination(ssh) !== null) return;
  vscode.window
    .createTerminal({
      name: `ssh ${plain(ssh)}`,
      shellPath: 'ssh',
      shellArgs: ['-o', 'ControlMaster=auto', '--', ssh],
    })
    .show();
}
