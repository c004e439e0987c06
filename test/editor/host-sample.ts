/** The sample's models on a host behind a real ssh server of this machine, and an experiment that runs there. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { Sshd } from '../ssh/sshd.ts';
import { agentPython } from './installed.ts';
import type { Sample } from './sample.ts';

/** Whatever this process starts from here on finds the host by the alias `gpu-box`; it ends with the test. */
export async function startHost(): Promise<Sshd> {
  const sshd = await Sshd.start();
  onTestFinished(() => sshd.remove());
  sshd.use();
  return sshd;
}

/** @returns the experiment: 127 merges, by one worker, of models that the host has but for two */
export function putOnHost({ folder, file }: Sample, sshd: Sshd): string {
  const there = path.join(sshd.home, 'models', 'models', 'S');
  cpSync(path.join(folder, 'models', 'S'), there, { recursive: true });
  for (const name of ['biology', 'physics']) rmSync(path.join(there, name), { recursive: true });
  const described = { [sshd.alias]: { python: agentPython(), workers: 1 } };
  writeFileSync(path.join(path.dirname(folder), 'home', 'hosts.yaml'), JSON.stringify(described));
  const text = readFileSync(file, 'utf8').replace(/^ {2}(analysis|code): .*\n/gm, '');
  writeFileSync(file, text);
  return file;
}
