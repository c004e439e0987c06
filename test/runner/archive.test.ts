import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { serializePlan } from '../../core/store/plan-file.ts';
import { exportArchive, importArchive } from '../../runner/archive.ts';
import { writePlan } from '../../runner/plan-files.ts';
import { experimentOf, planOf, World } from '../report/world.ts';
import { filesBelow } from '../ssh/look.ts';

const { header, lines } = planOf(experimentOf(new World({ seed: 1, experts: 3, domains: 1, samples: 5 })));
const made = serializePlan(header, lines);
const plan = { id: made.id, header, total: lines.length, unmerged: 0 };
const textOf = (...tasks: string[]) => `name: With tasks
base: ./base
experts: { a: ./a, b: ./b }
evaluation:
  data: ./eval/{domain}.json
  domains: [alpha]
  downstream: [arc_easy, ${tasks.join(', ')}]
`;

describe('an archive', () => {
  let folder: string;
  let file: string;
  let store: string;
  const away = () => path.join(folder, 'away');
  const into = () => importArchive(path.join(folder, 'a.zip'), away(), path.join(away(), 'store'));

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-archive-'));
    const home = path.join(folder, 'home');
    file = path.join(home, 'mine.mergelab.yaml');
    store = path.join(home, 'store');
    for (const each of ['tasks/sums/data', 'store/plans', 'store/evaluations'])
      mkdirSync(path.join(home, each), { recursive: true });
    mkdirSync(path.join(folder, 'elsewhere'));
    for (const each of ['home/tasks/sums/', 'elsewhere/'])
      writeFileSync(path.join(folder, `${each}task.yaml`), 'task: sums\n');
    writeFileSync(path.join(home, 'tasks/sums/data/items.jsonl'), '{}\n');
    writeFileSync(path.join(home, 'tasks/sums/.hidden'), 'mine alone');
    writePlan(store, made);
    for (const id of Object.values(header.evaluations))
      writeFileSync(path.join(store, 'evaluations', `${id}.json`), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the folders of its tasks, names those that it cannot, and puts them where they were', () => {
    writeFileSync(file, textOf('./tasks/sums', '../elsewhere', './tasks/none'));
    const { left_out } = exportArchive(file, store, plan, path.join(folder, 'a.zip'));
    expect(left_out).toEqual(['../elsewhere', './tasks/none']);
    expect(into().file).toBe(path.join(away(), 'mine.mergelab.yaml'));
    const sums = filesBelow(path.join(away(), 'tasks'));
    expect([...sums]).toEqual(
      expect.arrayContaining([
        ['sums/task.yaml', 'task: sums\n'],
        ['sums/data/items.jsonl', '{}\n'],
      ]),
    );
    expect(sums.size).toBe(2);
    expect(into().added, 'once more changes nothing').toBe(0);
    writeFileSync(path.join(away(), 'tasks/sums/task.yaml'), 'task: other\n');
    expect(() => into()).toThrow(ProblemError);
    expect(readFileSync(path.join(away(), 'tasks/sums/task.yaml'), 'utf8')).toBe('task: other\n');
  });

  it('from anybody writes into the folders of its own tasks and nowhere else', () => {
    const evil = ['beside/../out.txt', 'beside/tasks/.hidden', 'beside/run.sh', 'beside/tasks/more/x.sh'];
    const entries = Object.fromEntries(
      [...evil, 'beside/tasks/sums/task.yaml'].map((name) => [name, strToU8('a')]),
    );
    const text = textOf('./tasks/sums', './', '../');
    writeFileSync(path.join(folder, 'a.zip'), zipSync({ ...entries, 'mine.mergelab.yaml': strToU8(text) }));
    into();
    expect([...filesBelow(away()).keys()].sort()).toEqual(['mine.mergelab.yaml', 'tasks/sums/task.yaml']);
    expect(existsSync(path.join(folder, 'out.txt'))).toBe(false);
  });
});
