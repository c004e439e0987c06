/** What of this version goes to a host: the agent's sources, and what its environment is made of. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { AGENT } from '../../core/store/format.ts';
import { sourceInputs } from '../agent-source.ts';
import { torch } from '../setup/torch.mjs';

export interface HostRelease {
  /** Folder of the sources on this machine. */
  readonly folder: string;
  /** Names of folders on the host: by content, so that two versions may share it. */
  readonly agent: string;
  readonly environment: string;
  readonly files: Readonly<Record<string, string>>;
  readonly torch: string;
  readonly requirements: readonly string[];
}

/** In a checkout beside this folder; a bundle has it beside its own. */
export function agentSourceFolder(): string {
  return path.join(import.meta.dirname, '..', '..', 'agent');
}

/** Throws `agent_source_missing`. */
export async function hostRelease(folder: string): Promise<HostRelease> {
  const inputs = await sourceInputs(folder);
  const files = Object.fromEntries(pairs(inputs));
  const requirements = dependenciesOf(files['pyproject.toml'] ?? '').filter((each) => !/^torch\b/.test(each));
  return {
    folder,
    agent: `${AGENT}-${digest(inputs)}`,
    environment: digest([torch, ...requirements]),
    files,
    torch,
    requirements,
  };
}

function pairs(inputs: readonly string[]): [string, string][] {
  return inputs.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, inputs[i + 1] ?? '']] : []));
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** The manifest is ours: one requirement a line. */
function dependenciesOf(manifest: string): readonly string[] {
  const list = manifest.match(/^dependencies = \[([^\]]*)\]/m)?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map(([, requirement]) => requirement ?? '');
}
