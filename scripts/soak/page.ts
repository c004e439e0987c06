/** docs/simulations.md from the rows of the studies. */
import { ALARM, EACH, MANY, MEAN, meanCoverage, missesGate, TOLD } from '../../test/simulation/gates.ts';
import { knownMiss } from '../../test/simulation/known-misses.ts';
import { type Row, type RowKind, shareError, shareOf } from '../../test/simulation/tally.ts';
import type { DrawsOfAFifth } from '../surrogate/draws-of-a-fifth.ts';

export interface Study {
  readonly title: string;
  readonly words: string;
  readonly rows: readonly Row[];
}

const JUDGED: Readonly<Record<RowKind, string>> = {
  interval: '',
  cautious: 'at least',
  approximate: 'printed',
  alarm: 'false alarms',
  told: 'has to be said',
  power: 'power',
  value: 'no interval',
};

export function simulationsPage(studies: readonly Study[], draws: readonly DrawsOfAFifth[]): string {
  return [
    INTRODUCTION,
    '## In short\n',
    summary(studies),
    doesNotHold(studies),
    ...studies.map(studyPart),
    ...(draws.length > 0 ? [drawsPart(draws)] : []),
  ].join('\n');
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

const INTRODUCTION = `# Simulations

What the intervals and warnings of a report are worth: each design below is a world whose truth is known, drawn again and
again from a fixed seed. This page is written by \`node scripts/simulations.ts\` from what \`npm run soak -- 2000\` counted.
[How to read the numbers](how-to-read-the-numbers.md) says what the quantities are. Each design says how many replicates it
had: where fewer than 2,000, the Monte Carlo error says what that leaves open.

- **holds**: how often the 95% interval holds the truth, or the event happens, ± 1.96·√(p(1 − p)/n) for n replicates. Where
  several intervals of a replicate are counted together they depend on each other: that is the largest it can be.
- **bias**: mean of estimate − truth, ± 1.96 standard errors of the simulation. Where a truth is chosen by the data (the best
  k of a pool), the estimate is a little too good, as the bias shows.
- **width**: median of the intervals; ∞ where half of them have an end without limit. Without an interval: what holds 95% of
  the estimates.
- **judged**: nothing written means an interval that may miss neither too often nor too rarely: each at least ${percent(EACH)},
  their mean in ${percent(MEAN[0])} to ${percent(MEAN[1])}. *At least*: integers, values at bounds, sets, several at once,
  forecasts, and what is wide by design: ${percent(EACH)} with no upper limit. *False alarms*: at most ${percent(ALARM)}, as
  far as the simulation can tell, which also goes for designs of fewer than ${MANY.toLocaleString('en')} replicates. *Has to be said*: a warning in at least ${percent(TOLD)}. *Printed*: approximate by its
  nature, no gate. *Power*: how often what is there is found.

Losses are nats per token. Warnings that are plain comparisons (\`too_few_k\`, \`extrapolates\`, \`sizes_too_few\`,
\`only_chosen_beats_base\`, \`outside_law\`, \`merges_failed\`, those of task vectors) have nothing to simulate.
`;

function summary(studies: readonly Study[]): string {
  const lines = studies.map(({ title, rows }) => {
    const held = rows.filter(({ kind }) => kind === 'interval' || kind === 'cautious');
    const lowest = held.reduce<Row | null>((a, b) => (a === null || shareOf(b) < shareOf(a) ? b : a), null);
    const alarms = rows.filter(({ kind }) => kind === 'alarm').map(shareOf);
    const mean = meanCoverage(rows);
    return `| ${[
      title,
      String(new Set(rows.map(({ design }) => design)).size),
      String(rows.length),
      mean === null ? '' : percent(mean),
      lowest ? `${percent(shareOf(lowest))} (${lowest.design}: ${lowest.quantity})` : '',
      alarms.length > 0 ? percent(Math.max(...alarms)) : '',
    ].join(' | ')} |`;
  });
  return [
    '| study | designs | rows | mean coverage | lowest | most false alarms |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function doesNotHold(studies: readonly Study[]): string {
  const missed = studies.flatMap(({ rows }) => rows.filter((row) => missesGate(row, 'all')));
  if (missed.length === 0) return 'Every gate is met.\n';
  const lines = missed.map((row) => {
    const why = knownMiss(row)?.why ?? 'Not explained yet.';
    return `- ${row.design}, ${row.quantity}: ${percent(shareOf(row))}. ${why}`;
  });
  return ['What misses its gate:\n', ...lines, ''].join('\n');
}

function studyPart({ title, words, rows }: Study): string {
  const designs = [...new Set(rows.map(({ design }) => design))];
  return [
    `## ${title}\n`,
    `${words}\n`,
    ...designs.map((design) =>
      designPart(
        design,
        rows.filter((row) => row.design === design),
      ),
    ),
  ].join('\n');
}

function designPart(design: string, rows: readonly Row[]): string {
  const most = Math.max(...rows.map(({ replicates }) => replicates));
  return [
    `### ${design}\n`,
    `${most.toLocaleString('en')} replicates.\n`,
    '| quantity | holds | bias | width | judged |',
    '|---|---|---|---|---|',
    ...rows.map((row) => lineOf(row)),
    '',
  ].join('\n');
}

function lineOf(row: Row): string {
  const holds =
    row.kind === 'value' ? '' : `${percent(shareOf(row))} ± ${(196 * shareError(row)).toFixed(1)}`;
  const bias = row.bias ? `${digits(row.bias.mean)} ± ${digits(1.96 * row.bias.error)}` : '';
  const isInterval = row.kind !== 'alarm' && row.kind !== 'told' && row.kind !== 'power';
  const width = row.width === null ? (isInterval && row.bias ? '∞' : '') : digits(row.width);
  const missed = missesGate(row, 'all') ? ' **missed**' : '';
  return `| ${row.quantity} | ${holds}${missed} | ${bias} | ${width} | ${JUDGED[row.kind]} |`;
}

/** What is left of numbers that cancel is none. */
function digits(value: number): string {
  return Math.abs(value) < 1e-12 ? '0' : String(Number(value.toPrecision(2)));
}

function drawsPart(draws: readonly DrawsOfAFifth[]): string {
  const lines = draws.map((each) => {
    const { curveError, regret, regretAtK } = each;
    const spread = (of: DrawsOfAFifth['regret']) => (of ? `${mnat(of.median)}, ${mnat(of.largest)}` : '');
    const fitted = each.draws - each.refused;
    return `| ${[
      each.sweep,
      each.design,
      `${each.merges} of ${each.of}`,
      String(each.refused),
      each.r2 === null ? '' : each.r2.toFixed(4),
      spread(curveError),
      each.asked > 0 ? `${percent(each.covered / each.asked)} of ${each.asked}` : '',
      `${each.rightK} of ${fitted} (${each.trueK})`,
      spread(regret),
      spread(regretAtK),
    ].join(' | ')} |`;
  });
  return [
    '## A fifth of the sample\n',
    'On the sample every subset is measured, so the truth is known. 20 seeded draws of a fifth of the merges each, by two designs',
    '(`node scripts/evaluate-surrogate.ts FOLDER`): the largest error of the predicted curve and the regret of the recommended',
    'subset once the five best predictions of each size are merged, each as median and largest over the draws, in mnat.\n',
    '| sweep | design | merges | refused | R² within k | curve off by | intervals hold | k is right | regret, any k | regret at that k |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function mnat(value: number): string {
  return (1000 * value).toFixed(2);
}
