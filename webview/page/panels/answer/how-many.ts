/** How many: the number that stands large, and what it rests on. */
import type { RecommendedK } from '../../../../core/law/curve.ts';
import type { Cell, Chosen, Report } from '../../../../core/report/report.ts';
import { estimated, interval } from '../../../../words/estimates.ts';
import { lawRemark } from '../../../../words/law.ts';
import { counted, percent } from '../../../../words/numbers.ts';

export interface HowMany {
  readonly kind: 'base' | 'merge';
  /** A k, or `the base`. */
  readonly large: string;
  readonly unit: string;
  /** Below it. */
  readonly certainty: readonly string[];
  /** The recommended k where the number is another one: what is said of typical merges must then name its k. */
  readonly typicalK: number | null;
}

/** Of the subset that is recommended; of the recommended k where the report names no subset. */
export function howMany(report: Report, cell: Cell | undefined): HowMany {
  const { headline, pool } = report;
  const k = headline.recommended_k;
  const taken = cell?.selection?.recommended ?? null;
  const size = taken?.k ?? headline.subset?.length ?? k?.k ?? 0;
  if (headline.beats_base === false || size === 0) {
    return {
      kind: 'base',
      large: 'Base',
      unit: `no merge ${headline.rests_on ? 'measured ' : ''}beats it`,
      certainty: [],
      typicalK: null,
    };
  }
  const merge = { kind: 'merge', large: `${size}`, unit: `of ${counted(pool.length, 'expert')}` } as const;
  if (k === null) return { ...merge, certainty: taken ? [PICKED] : [], typicalK: null };
  const onlyChosen = cell !== undefined && onlyChosenBeat(report, cell, k);
  if (k.k === size && !onlyChosen) {
    const lines = [
      `taken blindly, ${certainty(k, report.stage)}`,
      lawRemark(k.k, headline.rests_on),
      goal(k),
    ];
    return { ...merge, certainty: lines.filter(Boolean), typicalK: null };
  }
  return {
    ...merge,
    certainty: [...whyThis(report, cell, taken, k, onlyChosen), ...(k.k === 0 ? [] : [ofTypical(k, report)])],
    typicalK: k.k === size ? null : k.k,
  };
}

const PICKED = 'picked by goals.pick';
const ONLY_CHOSEN = 'typical merges lose to the base: only chosen subsets beat it';

/** As the headline has it: a chosen subset beats the base, and no typical merge does. */
function onlyChosenBeat(report: Report, cell: Cell, { k }: RecommendedK): boolean {
  if (k === 0) return true;
  const base = baseOf(report, cell);
  if (base === null) return false;
  return (
    (cell.selection?.chosen ?? []).some(({ cross_fitted }) => cross_fitted.value < base) &&
    !(cell.curves[0]?.points ?? []).some(({ mean }) => mean < base)
  );
}

function whyThis(
  report: Report,
  cell: Cell | undefined,
  taken: Chosen | null,
  k: RecommendedK,
  onlyChosen: boolean,
): string[] {
  const base = cell === undefined ? null : baseOf(report, cell);
  const why: string[] = [];
  if (taken && k.k !== taken.k) {
    // Unasked, another size is taken where that of the recommended k is surely worse, or loses: then it is the best.
    const left = cell?.selection?.passed_over;
    const own = cell?.selection?.chosen.find((chosen) => chosen.k === k.k);
    const ownLoses = own !== undefined && base !== null && own.cross_fitted.value >= base;
    const unasked = (k.k === 0 || ownLoses) && taken.behind.value === 0;
    if (left)
      why.push(
        `chosen with care: the best ${left.chosen.k} surely lose too much, ${estimated(left.difference)}`,
      );
    else if (!unasked) why.push(PICKED);
    else if (!onlyChosen) why.push(`the chosen subset of ${k.k} loses to the base`);
  }
  if (taken && base !== null && taken.cross_fitted.value >= base) why.push('this subset loses to the base');
  return onlyChosen ? [...why, ONLY_CHOSEN] : why;
}

function ofTypical(k: RecommendedK, { headline, stage }: Report): string {
  const first = `taken blindly: k = ${k.k} (${certainty(k, stage)})`;
  return [first, lawRemark(k.k, headline.rests_on), goal(k)].filter(Boolean).join(', ');
}

function baseOf({ sizes }: Report, cell: Cell): number | null {
  return sizes.find(({ name }) => name === cell.size)?.base?.objective.value ?? null;
}

function certainty({ k, low, high }: RecommendedK, stage: Report['stage']): string {
  if (low === null && high === null) return stage === 'points' ? 'interval still to come' : 'no interval';
  if (low === high) return `95%: ${k} alone`;
  return `95%: ${interval([low, high], 0)}`;
}

function goal({ rule, value }: RecommendedK): string {
  switch (rule) {
    case 'within':
      return `within ${value} nats of the best k`;
    case 'return':
      return `for ${percent(value)} of the improvement`;
    case 'epsilon':
      return `within ${value} nats of the floor`;
    default:
      return rule satisfies never;
  }
}
