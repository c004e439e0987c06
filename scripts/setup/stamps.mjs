import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What is installed, by a hash of what it was made from: a step whose hash is unchanged has nothing to do. */
export class Stamps {
  /** @param {string} root */
  constructor(root) {
    this.file = join(root, '.tools', 'stamps.json');
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
    // Read again: a set-up beside this one may have stamped its own step meanwhile.
    this.stamps = { ...read(this.file), [step]: hash(inputs) };
    mkdirSync(dirname(this.file), { recursive: true });
    const fresh = `${this.file}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify(this.stamps, null, 2)}\n`);
    renameSync(fresh, this.file);
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
