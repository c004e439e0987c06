import { throwIfCancelled } from '../law/cancelled.ts';
import type { Losses } from '../selection/measured.ts';
import { type JudgedNumbers, replicateNumbers } from './law-errors.ts';
import { lawNumbers, type Numbers, poolNumbers, singleNumbers } from './law-numbers.ts';
import { FEWEST_GROUPS, type Groups, type LeftOut } from './left-out.ts';
import type { Places } from './pool-forms.ts';
import { inBits, intervalsOf, poolLaw } from './pool-law.ts';
import { type TypicalPools, typicalPools } from './random-pools.ts';
import { bitsPerByte } from './rows.ts';
import { BILLION, columnsOf, objectives, type Subject } from './subject.ts';
import type { BudgetPoint, PoolLaw, SingleLaw } from './types.ts';

/** The mean over random pools that fill each budget, and the law of the single models beside it. */
export function typicalLaw(
  subject: Subject,
  leftOut: Groups,
): { typical: PoolLaw; single: SingleLaw | null; judged: JudgedNumbers } {
  const { data, rows, sizes } = subject;
  const pools = typicalWithout(subject, new Set());
  const y = objectives(
    pools.map(({ losses }) => losses),
    data,
  );
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
    withoutModels: numbersWithout(subject, leftOut.models, singles),
    withoutFamilies:
      leftOut.families.groups.length < FEWEST_GROUPS
        ? []
        : numbersWithout(subject, leftOut.families, singles),
  };
  const points = pools.map(
    ({ budget, parameters, k, losses }): BudgetPoint => ({
      budget: budget * BILLION,
      parameters: parameters * BILLION,
      k,
      bits_per_byte: bitsPerByte(losses, data, true),
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
  return {
    points: models.map(({ name, parameters }, m) => ({
      name,
      parameters: parameters.total,
      bits_per_byte: bitsPerByte(rows[m] as Losses, data, false).value,
    })),
    parameters: inBits(Object.fromEntries(found.map(([name, value]) => [name, value ?? 0]))),
    intervals: intervalsOf('single', names, judged, data, 'models'),
  };
}

function typicalWithout(
  { rows, sizes, orders, budgets, data }: Subject,
  without: ReadonlySet<number>,
): TypicalPools[] {
  const left = without.size === 0 ? orders : orders.map((order) => order.filter((m) => !without.has(m)));
  return typicalPools(rows, sizes, left, budgets, data.samples);
}

function numbersWithout(subject: Subject, { groups }: LeftOut, singles: readonly number[]): Numbers[] {
  const { data, sizes, cancelled } = subject;
  return groups.map((group) => {
    throwIfCancelled(cancelled);
    const pools = typicalWithout(subject, group);
    const kept = [...sizes.keys()].filter((m) => !group.has(m));
    return lawNumbers(
      poolNumbers(
        placesOf(pools),
        objectives(
          pools.map(({ losses }) => losses),
          data,
        ),
      ),
      singleNumbers(
        kept.map((m) => sizes[m] as number),
        kept.map((m) => singles[m] as number),
      ),
    );
  });
}

function placesOf(pools: readonly TypicalPools[]): Places {
  return { P: pools.map(({ parameters }) => parameters), k: pools.map(({ k }) => k) };
}
