/** A tiny experiment with real models, made once for a test file and copied for each test. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findPython } from '../../runner/python.ts';

export const TINY = `name: Tiny
base: ./models/base
experts: { alpha: ./models/alpha, beta: ./models/beta, gamma: ./models/gamma }
evaluation:
  data: ./eval/{domain}.json
  domains: [alpha, beta]
`;

export class TinyWorld {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-runner-'));
  #count = 0;

  /** Locks and the like go into the world too: a run of the user's own must not be waited for. */
  constructor(making = 'make_tiny.py') {
    process.env['MERGE_LAB_HOME'] = path.join(this.folder, 'home');
    const script = path.join(import.meta.dirname, making);
    execFileSync(findPython(), [script, path.join(this.folder, 'template')], { stdio: 'pipe' });
  }

  /** A folder of its own for each test, with the experiment in it; the file's path. */
  experiment(text = TINY): string {
    this.#count += 1;
    const folder = path.join(this.folder, `copy-${this.#count}`);
    cpSync(path.join(this.folder, 'template'), folder, { recursive: true });
    const file = path.join(folder, 'tiny.mergelab.yaml');
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Merge key and evaluation of every result line of a store, in the order of files and lines. */
export function resultsOf(store: string): string[] {
  const folder = path.join(store, 'results');
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n').slice(1))
    .flatMap((line) => {
      const match = line.match(/^\{"key":"(\w+)","evaluation":"(\w+)"/);
      return match ? [`${match[1]} ${match[2]}`] : [];
    });
}
