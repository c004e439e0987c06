/** Where merging is better than ensembling, and where the samples do not tell, in plain words. */
import { estimated } from '../../words/estimates.ts';
import { loss, signed } from '../../words/numbers.ts';
import { bytes, flops } from '../../words/units.ts';
import { type Estimated, negated } from '../selection/estimated.ts';
import type { PoolKind, ServingSeries, ServingStep } from './serving.ts';

type Side = 'merge' | 'ensemble' | 'unsure';

/** A step at which both can be had. */
interface Both {
  readonly cost: number;
  readonly merge: number;
  readonly pool: number;
  readonly difference: Estimated;
}

/** From `from` on. */
interface Span {
  readonly side: Side;
  readonly from: Both;
}

const KINDS: readonly (readonly [PoolKind, string])[] = [
  ['mixture', 'its mixture'],
  ['oracle', 'its oracle, which knows the best model of each sample'],
];

/** One for each kind of pool where both axes say the same, else one for each axis too. */
export function servingSentences(memory: ServingSeries, tokens: ServingSeries): readonly string[] {
  if (!memory.steps.some(({ against_oracle }) => against_oracle))
    return ['There is nothing to compare: merges and pools are both needed.'];
  return KINDS.flatMap(([kind, name]) => {
    const [byMemory, byTokens] = [spansOf(memory.steps, kind), spansOf(tokens.steps, kind)];
    const start = `Merging against the ensemble with ${name}, in bits per byte`;
    if (isSame(byMemory, byTokens))
      return [`${start}: ${said(byMemory, (i) => `${bytesText(byMemory[i])} (${flopsText(byTokens[i])})`)}.`];
    return [
      `${start}, by the memory of weights: ${said(byMemory, (i) => bytesText(byMemory[i]))}.`,
      `${start}, by what a token costs: ${said(byTokens, (i) => flopsText(byTokens[i]))}.`,
    ];
  });
}

function spansOf(steps: readonly ServingStep[], kind: PoolKind): readonly Span[] {
  const spans: Span[] = [];
  for (const step of steps) {
    const from = bothAt(step, kind);
    if (from && spans.at(-1)?.side !== sideOf(from)) spans.push({ side: sideOf(from), from });
  }
  return spans;
}

/** Memory and computation grow together where all models are built alike. */
function isSame(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ side, from }, i) => {
      const other = b[i];
      return side === other?.side && from.merge === other.from.merge && from.pool === other.from.pool;
    })
  );
}

function said(spans: readonly Span[], costOf: (i: number) => string): string {
  return spans.map(({ side, from }, i) => `from ${costOf(i)} on ${words(side, from)}`).join('; ');
}

function bytesText(span: Span | undefined): string {
  return bytes(span?.from.cost ?? 0);
}

function flopsText(span: Span | undefined): string {
  return `${flops(span?.from.cost ?? 0)} per token`;
}

function bothAt({ cost, merge, ...step }: ServingStep, kind: PoolKind): Both | null {
  const [pool, difference] = [step[kind], step[`against_${kind}`]];
  return merge === null || pool === null || !difference ? null : { cost, merge, pool, difference };
}

/** By the interval, where there is one. */
function sideOf({ difference: { value, low, high } }: Both): Side {
  const [least, most] = [low ?? value, high ?? value];
  if (most < 0) return 'merge';
  return least > 0 ? 'ensemble' : 'unsure';
}

function words(side: Side, { merge, pool, difference }: Both): string {
  const values = `(${loss(merge)} and ${loss(pool)})`;
  if (side === 'unsure') return `neither is surely better ${values}, by ${estimated(difference, signed)}`;
  if (side === 'merge') return `merging is better ${values}, by ${estimated(negated(difference))}`;
  return `the ensemble is better ${values}, by ${estimated(difference)}`;
}
