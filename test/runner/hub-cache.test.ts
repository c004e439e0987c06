import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { toDownload } from '../../runner/hub-cache.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-hub-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function cached(name: string, reference: string | null): void {
  const folder = path.join(home, 'hub', `models--${name.replace('/', '--')}`);
  const snapshot = path.join(folder, 'snapshots', commit);
  mkdirSync(snapshot, { recursive: true });
  writeFileSync(path.join(snapshot, 'config.json'), '{}');
  if (reference === null) return;
  mkdirSync(path.join(folder, 'refs'), { recursive: true });
  writeFileSync(path.join(folder, 'refs', reference), `${commit}\n`);
}

function needed(...sources: readonly string[]): readonly string[] {
  const [base, ...experts] = sources;
  const lines = experts.map((source, i) => `  e${i}: ${source}`);
  const text = `base: ${base}\nexperts:\n${lines.join('\n')}\nevaluation:\n  data: ./eval/{domain}.json\n`;
  const { experiment, diagnostics } = parseExperiment(text);
  if (!experiment) throw new Error(JSON.stringify(diagnostics));
  return toDownload(experiment, { HF_HOME: home });
}

describe('models to download', () => {
  it('are the names of the hub that are not in its cache, each once', () => {
    cached('org/here', 'main');
    expect(needed('org/here', './local', 'org/away', 'org/away@dev', '~/mine', '/abs')).toEqual([
      'org/away',
      'org/away@dev',
    ]);
  });

  it('are told apart by revision: a branch, or the commit itself', () => {
    cached('org/here', 'dev');
    expect(needed(`org/here@${commit}`, 'org/here@dev', 'org/here')).toEqual(['org/here']);
  });
});
