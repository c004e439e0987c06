import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCanBeMade, makeFolders } from '../../runner/make-folders.ts';
import { writeAtomically } from '../../runner/write-atomically.ts';

describe('folders for what a user asked for', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-folders-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are made with those above them, twice as well as once', () => {
    const deep = path.join(folder, 'a', 'b', 'c');
    makeFolders(deep);
    makeFolders(deep);
    expect(existsSync(deep)).toBe(true);
  });

  it('are refused where a file stands in the way', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(() => makeFolders(path.join(file, 'below'))).toThrow(/EEXIST|ENOTDIR/);
    expect(() => checkCanBeMade(path.join(file, 'below'))).toThrow(`nothing can be made in ${file}`);
  });

  it('are tried without a trace', () => {
    checkCanBeMade(path.join(folder, 'x', 'y'));
    expect(readdirSync(folder)).not.toContain('x');
  });

  // Node's own recursion never comes back from there.
  it.runIf(existsSync('/proc/self'))(
    'are refused at once where the system says that there is no such file',
    () => {
      expect(() => makeFolders('/proc/nope/deeper')).toThrow(/ENOENT/);
      expect(() => writeAtomically('/proc/nope/page.html', '')).toThrow('cannot be written');
      expect(() => checkCanBeMade('/proc/nope')).toThrow(
        '/proc/nope cannot be written: nothing can be made in /proc',
      );
    },
  );
});
