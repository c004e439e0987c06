// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is installed, by a hash of what it was made from: a step whose hash is unchanged has nothing to do. */
export class Stamps {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    /** @type {Record<string, string>} */
    this.stamps = read(this.file);
  }

  /**
   * @param {string} step
   * @param {readonly string[]} inputs
   */
  matches(step, inputs) {
    return this.stamps[step] === hash(inputs);
  }

  /**
   * @param {string} step
   * @param {readonly string[]} inputs
   */
  set(step, inputs) {
    this.#write({ [step]: hash(inputs) });
  }

  /**
   * Steps whose work is about to be taken apart.
   * @param {readonly string[]} steps
   */
  drop(steps) {
    if (steps.some((step) => step in this.stamps))
      this.#write(Object.fromEntries(steps.map((step) => [step, undefined])));
  }

  /** @param {Record<string, string | undefined>} changed */
  #write(changed) {
    // Read again: a set-up beside this one may have stamped its own step meanwhile.
    const merged = { ...read(this.file), ...changed };
    const fresh = `${this.file}.${process.pid}`;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(fresh, `${JSON.stringify(merged, null, 2)}\n`);
    renameSync(fresh, this.file);
    this.stamps = read(this.file);
  }
}

/**
 * @param {string} file
 * @returns {Record<string, string>}
 */
function read(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** @param {readonly string[]} inputs */
function hash(inputs) {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}
