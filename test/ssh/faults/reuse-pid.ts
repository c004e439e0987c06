/** A process of somebody else with the id of one that has gone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const LAST_PID = '/proc/sys/kernel/ns_last_pid';
const TRIES = 200;

/** Where the system does not let us choose, the dead one's claims are made to name a living process, and that is said. */
export async function reusePid(pid: number, claims: string): Promise<ChildProcess> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      writeFileSync(LAST_PID, String(pid - 1));
    } catch {
      break;
    }
    const stranger = sleeper();
    if (stranger.pid === pid) return stranger;
    stranger.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.warn(`No process could be given the id ${pid} again: claims are forged instead.`);
  const stranger = sleeper();
  for (const name of readdirSync(claims, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(claims, name);
    if (!/\/\d+$/.test(file)) continue;
    const forged = readFileSync(file, 'utf8').replace(`"pid":${pid}`, `"pid":${stranger.pid}`);
    writeFileSync(file, forged);
  }
  return stranger;
}

function sleeper(): ChildProcess {
  return spawn('sleep', ['600'], { stdio: 'ignore' });
}
