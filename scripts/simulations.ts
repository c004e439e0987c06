/** Writes docs/simulations.md from what the soak studies kept: `node scripts/simulations.ts`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { type KeptStudy, kept } from './soak/kept-rows.ts';
import { simulationsPage } from './soak/page.ts';
import { sourceDigest } from './soak/source-digest.ts';
import type { DrawsOfAFifth } from './surrogate/draws-of-a-fifth.ts';

const STUDIES = [
  [
    'law',
    'The law of one curve',
    'Curves of a known form with errors that are known, that follow from evaluation samples or sampled subsets, or that nobody knows.',
  ],
  [
    'curves',
    'What follows from a curve',
    'Warnings, returns, the three-point forecast, the law of the spread, and step lengths.',
  ],
  [
    'report',
    'A whole report',
    'Seven or nine experts whose loss is quadratic in the merged update; new evaluation samples and a new design in each replicate.',
  ],
  [
    'experts',
    'Who helps whom',
    'Six experts or more, three domains; every subset merged, or some of them, or the prefixes of permutations.',
  ],
  [
    'selection',
    'Choosing and comparing',
    'Flags on synergy, tied sets, one expert less or more, differences between methods and between candidate pools, models on tasks.',
  ],
  [
    'surrogate',
    'Losses that nobody measured',
    'Losses have no noise here, so what a surrogate leaves out is the same in every tenth of its jackknife: the intervals are wide on purpose.',
  ],
  ['sizes', 'Sizes and money', 'The law over sizes and experts, its warnings and lines, and planning.'],
] as const;

const outdated: string[] = [];
try {
  const studies = STUDIES.map(([study, title, words]) => {
    const { source, designs } = kept<KeptStudy>(study);
    if (source !== sourceDigest(path.join(import.meta.dirname, `soak-${study}.ts`))) outdated.push(study);
    return { title, words, rows: designs.flatMap(({ rows }) => rows) };
  });
  const page = simulationsPage(studies, kept<DrawsOfAFifth[]>('draws'));
  const file = path.join(import.meta.dirname, '..', 'docs', 'simulations.md');
  writeFileSync(file, page);
  console.log(`${file}: ${studies.reduce((sum, { rows }) => sum + rows.length, 0)} rows`);
  if (outdated.length > 0)
    console.log(
      `The code has changed since these were counted: ${outdated.join(', ')}. npm run soak -- 2000 counts them anew.`,
    );
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.error(`${error.problem.message} ${error.problem.fix}`);
  process.exitCode = 2;
}
