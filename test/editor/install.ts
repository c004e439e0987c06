/** Installs a packaged extension as people do: from its .vsix, into an extensions folder. */
import { spawn } from 'node:child_process';
import { codeServerEntry } from './installed.ts';
import type { Profile } from './profile.ts';

/** Throws what VS Code says where it refuses. */
export function installVsix(vsix: string, profile: Profile): Promise<void> {
  const args = [
    codeServerEntry(),
    ...['--install-extension', vsix],
    ...['--extensions-dir', profile.extensions],
    ...['--user-data-dir', profile.userData],
    '--force',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: profile.folder,
      env: { ...process.env, VSCODE_IPC_HOOK_CLI: '', XDG_CONFIG_HOME: profile.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', (code) => {
      // It also ends with 0 where it refused.
      if (code === 0 && /was successfully installed/.test(output)) resolve();
      else reject(new Error(`VS Code did not install ${vsix}:\n${output.trim()}`));
    });
  });
}
