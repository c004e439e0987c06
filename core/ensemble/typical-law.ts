import { throwIfCancelled } from '../law/cancelled.ts';
import { estimatedFrom } from '../selection/estimated.ts';
import type { Losses } from '../selection/measured.ts';
import { type JudgedNumbers, replicateNumbers } from './law-errors.ts';
import { lawNumbers, type Numbers, poolNumbers, singleNumbers } from './law-numbers.ts';
import { FEWEST_GROUPS, type Groups, type LeftOut } from './left-out.ts';
import type { Places } from './pool-forms.ts';
import { inBits, intervalsOf, poolLaw, withoutEnds } from './pool-law.ts';
import { type BudgetPlace, type TypicalPools, typicalPools } from './random-pools.ts';
import { bitsPerByte, errorOf, estimateInBits } from './rows.ts';
import { BILLION, columnsOf, objectives, type Subject } from './subject.ts';
import type { BudgetPoint, PoolLaw, SingleLaw } from './types.ts';

/** The mean over random pools that fill each budget, and the law of the single models beside it. */
export function typicalLaw(
  subject: Subject,
  leftOut: Groups,
): { typical: PoolLaw; single: SingleLaw | null; judged: JudgedNumbers } {
  const { data, rows, sizes } = subject;
  const pools = typicalWithout(subject, new Set());
  const placed = ordersLeft(pools);
  const y = pools.map(({ loss }) => loss);
  const singles = objectives(rows, data);
  const places = placesOf(pools);
  const numbers = (of: readonly number[]): Numbers =>
    lawNumbers(poolNumbers(places, of.slice(0, y.length)), singleNumbers(sizes, of.slice(y.length)));
  const judged: JudgedNumbers = {
    value: numbers([...y, ...singles]),
    replicates: replicateNumbers(
      columnsOf([...pools.map(({ losses }) => losses), ...rows], data),
      numbers,
      subject.cancelled,
    ),
    withoutOrders: placed.map((places) => lawNumbers(numbersAt(places), singleNumbers(sizes, singles))),
    withoutModels: numbersWithout(subject, leftOut.models, singles),
    withoutFamilies:
      leftOut.families.groups.length < FEWEST_GROUPS
        ? []
        : numbersWithout(subject, leftOut.families, singles),
  };
  const points = pools.map(
    ({ budget, parameters, k, losses, loss, drawn }): BudgetPoint => ({
      budget: budget * BILLION,
      parameters: parameters * BILLION,
      k,
      bits_per_byte: estimateInBits(
        estimatedFrom(loss, [errorOf(losses, data.samples, data.weights), drawn]),
      ),
      members: null,
    }),
  );
  return {
    typical: poolLaw(points, places, y, judged, data),
    single: singleLaw(subject, judged),
    judged,
  };
}

function singleLaw({ models, rows, data }: Subject, judged: JudgedNumbers): SingleLaw | null {
  const names = ['floor', 'scale', 'exponent'];
  const found = names.map((name) => [name, judged.value.get(`single.${name}`)] as const);
  if (found.some(([, value]) => value === undefined)) return null;
  const points = models.map(({ name, parameters }, m) => ({
    name,
    parameters: parameters.total,
    bits_per_byte: bitsPerByte(rows[m] as Losses, data, false).value,
  }));
  const parameters = inBits(Object.fromEntries(found.map(([name, value]) => [name, value ?? 0])));
  const isUndercut = points.some(({ bits_per_byte }) => bits_per_byte < (parameters['floor'] ?? 0));
  return {
    points,
    parameters,
    intervals: isUndercut ? withoutEnds(names) : intervalsOf('single', names, judged, data, 'models'),
  };
}

function typicalWithout(subject: Subject, without: ReadonlySet<number>): TypicalPools[] {
  const isLeft = Uint8Array.from(subject.rows, (_, m) => (without.has(m) ? 0 : 1));
  return typicalPools(subject, isLeft, subject.data);
}

/** The curve without each part of the orders; none where sizes leave nothing to chance. */
function ordersLeft(pools: readonly TypicalPools[]): BudgetPlace[][] {
  if (pools.every(({ drawn }) => drawn.variance === 0)) return [];
  return (pools[0]?.withoutOrders ?? []).map((_, group) =>
    pools.flatMap(({ withoutOrders }) => withoutOrders[group] ?? []),
  );
}

function numbersAt(places: readonly BudgetPlace[]): Map<string, number> {
  return poolNumbers(
    placesOf(places),
    places.map(({ loss }) => loss),
  );
}

function numbersWithout(subject: Subject, { groups }: LeftOut, singles: readonly number[]): Numbers[] {
  const { sizes, cancelled } = subject;
  return groups.map((group) => {
    throwIfCancelled(cancelled);
    const pools = typicalWithout(subject, group);
    const kept = [...sizes.keys()].filter((m) => !group.has(m));
    return lawNumbers(
      numbersAt(pools),
      singleNumbers(
        kept.map((m) => sizes[m] as number),
        kept.map((m) => singles[m] as number),
      ),
    );
  });
}

function placesOf(pools: readonly BudgetPlace[]): Places {
  return { P: pools.map(({ parameters }) => parameters), k: pools.map(({ k }) => k) };
}
