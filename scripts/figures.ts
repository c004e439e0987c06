/**
 * `npm run figures [-- FOLDER]`: the figures of the pages in docs, from the finished samples (which are run first where
 * they are not there), or from a folder that holds the sample with its results and has that of ensembles beside it. Same
 * results, same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EnsembleDocument } from '../core/report/ensemble-document.ts';
import type { Cell, Report } from '../core/report/report.ts';
import type { CellStudy } from '../core/report/study/study.ts';
import { EnsembleSession } from '../runner/ensemble/ensemble-session.ts';
import { ExperimentSession } from '../runner/experiment-session.ts';
import { finishEnsemble, finishedSample, finishSample } from '../test/editor/finished-sample.ts';
import { oracle, oracleNoise, poolsByParameters } from './figures/ensemble-figures.ts';
import { candidatePools, effects, predictions, synergy, transfer } from './figures/expert-figures.ts';
import { methods, spread, threePoints, typicalAndChosen } from './figures/law-figures.ts';

const experiments = ['nine-domains.mergelab.yaml', 'methods-S.mergelab.yaml'] as const;
const [given] = process.argv.slice(2);
if (given === undefined) {
  await finishSample(experiments);
  await finishEnsemble();
}
const folder = given ?? finishedSample().folder;

const nine = await reportOf(experiments[0]);
const methodsOf = await reportOf(experiments[1]);
const families = await ensembleReport();
const { cell, study } = headlineOf(nine);
const figures: Readonly<Record<string, string>> = {
  'typical-and-chosen': typicalAndChosen(cell),
  effects: effects(cell),
  synergy: synergy(study, nine),
  transfer: transfer(study),
  'candidate-pools': candidatePools(study, nine),
  spread: spread(study),
  predictions: predictions(cell, nine),
  methods: methods(methodsOf),
  'three-points': threePoints(methodsOf),
  oracle: oracle(families),
  'oracle-noise': oracleNoise(families),
  'pools-by-parameters': poolsByParameters(families),
};
const out = path.join(import.meta.dirname, '..', 'docs', 'figures');
mkdirSync(out, { recursive: true });
for (const [name, picture] of Object.entries(figures)) {
  writeFileSync(path.join(out, `${name}.svg`), picture);
  process.stdout.write(`docs/figures/${name}.svg  ${(picture.length / 1000).toFixed(1)} kB\n`);
}

async function reportOf(name: string): Promise<Report> {
  const session = await ExperimentSession.open(path.join(folder, name));
  try {
    return await session.report('complete');
  } finally {
    await session.dispose();
  }
}

async function ensembleReport(): Promise<EnsembleDocument> {
  const session = EnsembleSession.open(path.join(folder, '..', 'ensemble', 'ensemble.mergelab.yaml'));
  try {
    return await session.report('complete');
  } finally {
    await session.dispose();
  }
}

function headlineOf({ headline, cells, study }: Report): { cell: Cell; study: CellStudy } {
  const index = headline.cell ?? -1;
  const [cell, own] = [cells[index], study?.cells[index]];
  if (!cell || !own) throw new Error(`${experiments[0]} has no answer yet: run it first.`);
  return { cell, study: own };
}
