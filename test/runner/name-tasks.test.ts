import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameTasks } from '../../runner/downstream/name-tasks.ts';

const root = mkdtempSync(path.join(tmpdir(), 'merge-lab-tasks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = path.join(root, 'tasks', 'mine');
mkdirSync(path.join(folder, 'data'), { recursive: true });
writeFileSync(path.join(folder, 'task.yaml'), 'task: mine\n');
writeFileSync(path.join(folder, 'data', 'items.jsonl'), '{}\n');

const task = { task: './tasks/mine', metric: null, limit: null, shots: null };
const keyOf = (name = './tasks/mine') => nameTasks(root, [{ ...task, task: name }])[0]?.key;

describe('a task folder', () => {
  it('is named by its files, not by where it lies', () => {
    cpSync(folder, path.join(root, 'copy'), { recursive: true });
    expect(keyOf('./copy')).toBe(keyOf());
    expect(keyOf(folder)).toBe(keyOf());
  });

  it('has another name once a file of it changed', () => {
    const before = keyOf();
    writeFileSync(path.join(folder, 'data', 'items.jsonl'), '{"a": 1}\n');
    expect(keyOf()).not.toBe(before);
  });

  it('that is missing has none, and says so', () => {
    const [named] = nameTasks(root, [{ ...task, task: './tasks/other' }]);
    expect(named).toMatchObject({ key: null, problem: { code: 'task_missing' } });
  });
});

it('a name of the harness reaches for no folder', () => {
  expect(keyOf('arc_easy')).toMatch(/^[0-9a-f]{64}$/);
});
