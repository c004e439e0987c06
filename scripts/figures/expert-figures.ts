/** Figures of who helps whom: effects, synergy, transfer, pools, predictions. */
import { designOf } from '../../core/design/design.ts';
import { mergePoints } from '../../core/report/merge-table.ts';
import type { Cell, Report } from '../../core/report/report.ts';
import type { CellStudy } from '../../core/report/study/study.ts';
import type { SynergyMatrix } from '../../core/selection/synergy-matrix.ts';
import type { TransferPoint } from '../../core/selection/transfer.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import { predictedSubset } from '../../core/surrogate/jackknife.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { forest } from './forest.ts';
import { heat } from './heat.ts';
import { plot } from './plot.ts';
import { BLUE, GREY, ORANGE } from './svg.ts';

export function effects({ selection }: Cell): string {
  const rows = (selection?.attribution ?? [])
    .flatMap((each) => (each ? [{ name: each.expert, ...each.effect }] : []))
    .sort((a, b) => a.value - b.value);
  return forest(
    'Effect of each expert on the loss, with its interval',
    'change of the loss when added, against the average expert, nats per token',
    rows,
  );
}

export function synergy({ synergy: found }: CellStudy, { pool, domains }: Report): string {
  const values = (matrix: SynergyMatrix) => matrix.map((row) => row.map((entry) => entry?.value ?? null));
  return heat(
    'Gain of each domain by each donor, plain and adjusted; own experts are on the diagonal',
    pool,
    domains.map(({ name }) => name),
    [
      { title: 'plain: mean gain of all steps', values: values(found.plain) },
      { title: 'adjusted: against the average donor', values: values(found.adjusted) },
    ],
  );
}

export function transfer({ transfer: { in_domain, cross_domain } }: CellStudy): string {
  const points = (list: readonly TransferPoint[]) =>
    list.flatMap(({ k, change }) =>
      change ? [{ x: k, y: change.value, low: change.low, high: change.high }] : [],
    );
  return plot({
    alt: "Mean change of a domain's loss: with its own expert it rises with k, without it it falls",
    x: 'k, experts merged',
    y: 'change of the loss, nats',
    rule: 0,
    series: [
      { name: 'own expert in: dilution', colour: ORANGE, draw: 'dots', points: points(in_domain) },
      { name: 'own expert out: transfer', colour: BLUE, draw: 'dots', points: points(cross_domain) },
    ],
  });
}

export function candidatePools({ pools }: CellStudy, { pool }: Report): string {
  const rows = pools
    .flatMap(({ without, difference }) =>
      without.length === 1 && difference ? [{ name: `without ${pool[without[0] ?? 0]}`, ...difference }] : [],
    )
    .sort((a, b) => b.value - a.value);
  return forest(
    'What the absence of each expert costs the pool, with its interval',
    'best typical loss of the pool without it, against the whole pool, nats per token',
    rows,
  );
}

/** How many of the sweep's merges the predictions of the figure are made from. */
const FITTED = 100;

/** Every other merge foretold from the first ones of a random design, against what was measured. */
export function predictions({ merges }: Cell, { pool, sizes }: Report): string {
  const all = mergePoints(merges).map(
    ({ members, objective }): SurrogateMerge => ({ members, step: 1 / members.length, loss: objective }),
  );
  const k = pool.map((_, i) => i + 1);
  const { rounds } = designOf({ pool, sweep: { k, subsets: { kind: 'all' }, seed: 0 } });
  const wanted = new Set(
    rounds
      .flat()
      .slice(0, FITTED)
      .map((members) => members.join()),
  );
  const isFitted = ({ members }: SurrogateMerge) =>
    members.length === 1 || members.length === pool.length || wanted.has(members.join());
  const surrogate = fitSurrogate(
    all.filter(isFitted),
    pool.length,
    sizes[0]?.base?.objective.value ?? null,
    0,
  );
  if (surrogate.kind === 'refused') throw new Error(surrogate.problem.message);
  const left = all.filter((merge) => !isFitted(merge));
  const points = left.map(({ members, step, loss }) => ({
    x: predictedSubset(surrogate, members, step).value,
    y: loss,
  }));
  const ends = points.map(({ x }) => x);
  const diagonal = [Math.min(...ends), Math.max(...ends)].map((x) => ({ x, y: x }));
  return plot({
    alt: `Measured loss of ${left.length} merges against what ${all.length - left.length} others foretold: close to the diagonal`,
    x: 'predicted loss, nats per token',
    y: 'measured loss',
    series: [
      { name: 'equal', colour: GREY, draw: 'line', points: diagonal },
      {
        name: `${left.length} merges that the fit never saw`,
        colour: BLUE,
        draw: 'dots',
        points,
        radius: 1.8,
      },
    ],
  });
}
