/** A VS Code's own folders, fresh for each: user data with seeded settings, extensions, home of the agent's stores. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { quietSettings, type Settings } from './settings.ts';

export interface Seed {
  /** Laid over the quiet ones. */
  readonly settings?: Settings;
  /** Of this machine: where an extension reads those of scope `machine` and `machine-overridable`. */
  readonly machineSettings?: Settings;
}

export class Profile {
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  /** `MERGE_LAB_HOME`. */
  readonly home: string;
  #user: Settings = quietSettings;

  constructor(seed: Seed = {}, folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-editor-'))) {
    this.folder = folder;
    this.userData = path.join(folder, 'user-data');
    this.extensions = path.join(folder, 'extensions');
    this.home = path.join(folder, 'home');
    for (const made of [this.userData, this.extensions, this.home]) mkdirSync(made, { recursive: true });
    this.set(seed.settings ?? {});
    this.setMachine(seed.machineSettings ?? {});
  }

  /** The user's, over those that are there. For windows that open after it. */
  set(settings: Settings): void {
    this.#user = { ...this.#user, ...settings };
    this.#write('User', this.#user);
  }

  setMachine(settings: Settings): void {
    this.#write('Machine', settings);
  }

  #write(layer: 'User' | 'Machine', settings: Settings): void {
    const folder = path.join(this.userData, layer);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'settings.json');
    writeFileSync(`${file}.new`, JSON.stringify(settings, null, 2));
    renameSync(`${file}.new`, file);
  }

  remove(): void {
    // A process that is just ending may still write its last log line.
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
