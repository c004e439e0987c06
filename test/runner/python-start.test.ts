import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Agent } from '../../runner/agent.ts';
import { checkAgentPython } from '../../runner/check-agent-python.ts';
import { findPython } from '../../runner/python.ts';
import { pythonStart } from '../../runner/setup/python-start.mjs';

const before = process.cwd();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-start-'));
  const trap = `open(${JSON.stringify(path.join(folder, 'sprung'))}, 'w')\nraise SystemExit(3)\n`;
  for (const name of ['merge_lab_agent', 'torch']) {
    mkdirSync(path.join(folder, name));
    for (const file of ['__init__.py', '__main__.py']) writeFileSync(path.join(folder, name, file), trap);
  }
  writeFileSync(path.join(folder, 'json.py'), trap);
});

afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

it('what lies beside an experiment is never imported by the agent', { timeout: 60_000 }, async () => {
  const python = findPython();
  process.chdir(folder);
  const agent = Agent.of(python);
  try {
    expect((await agent.hello()).protocol).toBeGreaterThan(0);
  } finally {
    await agent.dispose();
  }
  expect(await checkAgentPython(python)).toMatchObject({ ok: true });
});

it('a Python that is named from here is still found', () => {
  expect(pythonStart('python3').program).toBe('python3');
  expect(pythonStart('.venv/bin/python').program).toBe(path.resolve('.venv/bin/python'));
  expect(pythonStart('python3', { A: 'b' })).toMatchObject({ env: { A: 'b', PYTHONSAFEPATH: '1' } });
});
