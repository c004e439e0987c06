import { crossFitPools } from './cross-fit-pools.ts';
import { type JudgedNumbers, replicateNumbers } from './law-errors.ts';
import { poolNumbers } from './law-numbers.ts';
import { UNLIMITED } from './limits.ts';
import type { Places } from './pool-forms.ts';
import { poolLaw } from './pool-law.ts';
import { bitsPerByte } from './rows.ts';
import { BILLION, columnsOf, objectives, type Subject } from './subject.ts';
import type { BudgetPoint, PoolLaw } from './types.ts';

/** The best pool within each budget, chosen on other samples than it is scored on. */
export function envelopeLaw(subject: Subject): PoolLaw {
  const { data, models, budgets, cancelled } = subject;
  const limits = budgets.map((budget) => ({ ...UNLIMITED, parameters: budget * BILLION }));
  let before = 0;
  const pools = crossFitPools(data, limits, cancelled).flatMap(({ limit, chosen, crossFitted }) => {
    const parameters = chosen.members.reduce((sum, m) => sum + (models[m]?.parameters.total ?? 0), 0);
    if (parameters <= before * (1 + 1e-9)) return [];
    before = parameters;
    return [{ limit, chosen, losses: crossFitted, parameters }];
  });
  const places: Places = {
    P: pools.map(({ parameters }) => parameters / BILLION),
    k: pools.map(({ chosen }) => chosen.members.length),
  };
  const rows = pools.map(({ losses }) => losses);
  const y = objectives(rows, data);
  const numbers = (of: readonly number[]) => poolNumbers(places, of);
  const judged: JudgedNumbers = {
    value: numbers(y),
    replicates: replicateNumbers(columnsOf(rows, data), numbers, cancelled),
    withoutOrders: [],
    withoutModels: [],
    withoutFamilies: [],
  };
  const points = pools.map(
    ({ limit, chosen, losses, parameters }): BudgetPoint => ({
      budget: limit.parameters ?? parameters,
      parameters,
      k: chosen.members.length,
      bits_per_byte: bitsPerByte(losses, data, true),
      members: chosen.members.map((m) => models[m]?.name ?? ''),
    }),
  );
  return poolLaw(points, places, y, judged, data);
}
