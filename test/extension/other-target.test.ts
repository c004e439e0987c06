import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { ExperimentModel } from '../../extension/experiments/experiment-model.ts';
import { AnalysisPool } from '../../runner/analysis-pool.ts';

const TEXT = 'base: ./base\nexperts: { a: ./a, b: ./b }\nevaluation: { data: "./{domain}.json" }\n';

describe('an experiment that a window runs elsewhere than its text says', () => {
  let folder = '';
  let file = '';
  let model: ExperimentModel;
  const parse = (text: string) => parseExperiment(text, { file });
  const target = () => model.state.parsed.experiment?.target;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mergelab-elsewhere-'));
    file = path.join(folder, 'x.mergelab.yaml');
    await writeFile(file, TEXT);
    model = new ExperimentModel(file, parse(TEXT), {
      session: () => ({ home: path.join(folder, 'home') }),
      analyses: new AnalysisPool(),
      now: () => 0,
      changed: () => {},
      ended: () => {},
    });
  });
  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true });
  });

  it('is looked at there, also while its text changes, and here again when that is asked for', async () => {
    await model.refresh();
    expect(model.store).toBe(path.join(folder, '.mergelab', 'local'));
    model.on('box');
    expect(target()).toBe('box');
    model.use(parse(`${TEXT}goals: { within: 0.02 }\n`));
    model.use(parse('base: ['));
    model.use(parse(TEXT));
    expect(target()).toBe('box');
    await model.refresh();
    expect(model.store).toBe(path.join(folder, '.mergelab', 'box'));
    model.on(null);
    expect(target()).toBe('local');
    await model.refresh();
    expect(model.store).toBe(path.join(folder, '.mergelab', 'local'));
  });

  it('goes where its text says once that names another target', () => {
    model.on('box');
    model.use(parse('base: ['));
    model.use(parse(`${TEXT}target: cluster\n`));
    expect(target()).toBe('cluster');
    model.use(parse(TEXT));
    expect(target()).toBe('local');
  });
});
