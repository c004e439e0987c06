import { fitLaw, powerLawLead } from './fit-law.ts';
import { FEWEST, fitForm, type Places } from './pool-forms.ts';
import type { PoolForm } from './types.ts';

/** Numbers that follow from losses, by name, so that replicates and left-out models are all treated alike. */
export type Numbers = ReadonlyMap<string, number>;

/** What the laws say of losses at budgets: `form.parameter`, `form.residual.i`, `held_out.form` and `power_law`. */
export function poolNumbers(places: Places, y: ArrayLike<number>): Map<string, number> {
  const law = fitLaw(places, y);
  const numbers = new Map<string, number>();
  if (!law) return numbers;
  for (const [i, { form, parameters, predict }] of law.fits.entries()) {
    for (const [at, P] of places.P.entries())
      numbers.set(residualName(form, at), (y[at] as number) - predict(P, places.k[at] as number));
    for (const [name, value] of Object.entries(parameters)) numbers.set(`${form}.${name}`, value);
    numbers.set(`held_out.${form}`, law.heldOut[i] as number);
  }
  return numbers.set('power_law', powerLawLead(law));
}

/** Of what the form misses at a budget by. */
export function residualName(form: PoolForm, at: number): string {
  return `${form}.residual.${at}`;
}

/** The law of single models, `single.parameter`; nothing with fewer than four sizes. */
export function singleNumbers(P: readonly number[], y: ArrayLike<number>): Map<string, number> {
  const sizes = new Set(P.map((p) => p.toPrecision(2)));
  if (sizes.size < FEWEST) return new Map();
  const order = [...P.keys()].sort((a, b) => (P[a] as number) - (P[b] as number));
  const places = { P: order.map((i) => P[i] as number), k: order.map(() => 1) };
  const { parameters } = fitForm(
    'power_floor',
    places,
    order.map((i) => y[i] as number),
  );
  return new Map(Object.entries(parameters).map(([name, value]) => [`single.${name}`, value]));
}

/** Both, and how far the floor of pools lies below that of single models. */
export function lawNumbers(pools: Map<string, number>, single: Map<string, number>): Numbers {
  const numbers = new Map([...pools, ...single]);
  const [own, other] = [pools.get('power_floor.floor'), single.get('single.floor')];
  if (own !== undefined && other !== undefined) numbers.set('lower_floor', other - own);
  return numbers;
}
