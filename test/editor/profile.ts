/** A VS Code's own folders: user data with seeded settings, extensions, and a home for what the extension keeps. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from './settings.ts';

export interface Seed {
  /** Of the user. */
  readonly user: Settings;
  /** Of this machine: where an extension reads those of scope `machine` and `machine-overridable`. */
  readonly machine?: Settings;
}

export class Profile {
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  /** `MERGE_LAB_HOME`. */
  readonly home: string;

  /** @param folder a fresh one unless it is named; settings that are there already stay */
  constructor(seed: Seed, folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-editor-'))) {
    this.folder = folder;
    this.userData = path.join(folder, 'user-data');
    this.extensions = path.join(folder, 'extensions');
    this.home = path.join(folder, 'home');
    for (const made of [this.userData, this.extensions, this.home]) mkdirSync(made, { recursive: true });
    this.#seed('User', seed.user);
    this.#seed('Machine', seed.machine ?? {});
  }

  remove(): void {
    // A process that is just ending may still write its last log line.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #seed(layer: 'User' | 'Machine', settings: Settings): void {
    const file = path.join(this.userData, layer, 'settings.json');
    if (existsSync(file)) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings, null, 2));
  }
}
