/** Warnings that judge: how often they cry wolf, and how often they see what is there. */
import { fitCurve } from '../../../core/law/fit-curve.ts';
import { asked } from '../../law/curves.ts';
import type { Design } from '../../law/designs.ts';
import { simulate } from '../../law/simulate.ts';
import type { RowKind, StudyDesign } from '../tally.ts';

interface WarningDesign extends Pick<Design, 'truth' | 'form' | 'noise'> {
  readonly name: string;
  readonly base?: number | null;
  /** Forced on the fit; else the form that the backtest picks. */
  readonly fitted?: Design['form'];
  readonly expected: Readonly<Record<string, RowKind>>;
}

const FALLING = { Linf: 0.5, A: 0.2, b: 1.2 };
const NEGATIVE = { Linf: 1.05, A: 0.12, b: -0.4 };
/** Lowest at k = 2, 15 mnat higher at k = 9. */
const TURNING = { Linf: 0.9, A: -0.1, C: 0.1 };
const known = (own: number) => ({ kind: 'known', shared: 0.01, own }) as const;
const samples = { kind: 'samples', n: 120, shared: 0.3, own: 0.03, skew: false } as const;

const PARTS: readonly WarningDesign[] = [
  {
    name: 'a curve that falls, small errors',
    form: 'signed',
    truth: FALLING,
    noise: known(0.001),
    expected: { curve_turns_up: 'alarm', flat_does_as_well: 'alarm', parameter_on_bound: 'alarm' },
  },
  {
    name: 'a curve that falls, 15 permutations',
    form: 'signed',
    truth: FALLING,
    noise: { kind: 'permutations', count: 15, spread: 0.01, shared: 0.005 },
    expected: { curve_turns_up: 'alarm', flat_does_as_well: 'alarm' },
  },
  {
    name: 'a flat curve',
    form: 'flat',
    truth: { Linf: 0.9 },
    noise: known(0.004),
    expected: { curve_turns_up: 'alarm', flat_does_as_well: 'told' },
  },
  {
    name: 'a flat curve, 120 samples',
    form: 'flat',
    truth: { Linf: 0.9 },
    noise: samples,
    expected: { curve_turns_up: 'alarm', flat_does_as_well: 'told' },
  },
  {
    name: 'a flat curve, errors unknown',
    form: 'flat',
    truth: { Linf: 0.9 },
    noise: { kind: 'unknown', own: 0.002 },
    expected: { curve_turns_up: 'alarm', flat_does_as_well: 'power' },
  },
  {
    name: 'a curve that turns up by 15 mnat, errors of 4',
    form: 'quadratic',
    truth: TURNING,
    noise: known(0.004),
    expected: { curve_turns_up: 'power' },
  },
  {
    name: 'a curve that turns up by 15 mnat, errors of 12',
    form: 'quadratic',
    truth: TURNING,
    noise: known(0.012),
    expected: { curve_turns_up: 'power' },
  },
  {
    name: 'b < 0 under the form of the paper',
    form: 'signed',
    truth: NEGATIVE,
    noise: known(0.001),
    fitted: 'paper',
    expected: { parameter_on_bound: 'power' },
  },
  {
    name: 'b = 1.2 under the form of the paper',
    form: 'signed',
    truth: FALLING,
    noise: known(0.001),
    fitted: 'paper',
    expected: { parameter_on_bound: 'alarm' },
  },
  {
    name: 'every merge worse than the base by 10 mnat or more',
    form: 'signed',
    truth: FALLING,
    noise: samples,
    base: 0.5096,
    expected: { worse_than_base: 'power' },
  },
  {
    name: 'the best merge better than the base by 10 mnat',
    form: 'signed',
    truth: FALLING,
    noise: samples,
    base: 0.5296,
    expected: { worse_than_base: 'alarm' },
  },
];

export const WARNING_DESIGNS: readonly StudyDesign[] = PARTS.map((part, index) => ({
  name: `warnings: ${part.name}`,
  seed: 3000 + index,
  replicate: (tally, random, r) => {
    const { data } = simulate(designOf(part, 3000 + index), random);
    const { warnings } = fitCurve(data, asked({ seed: r, form: part.fitted ?? null, stage: 'points' }));
    for (const [code, kind] of Object.entries(part.expected))
      tally.event(
        `\`${code}\``,
        kind,
        warnings.some((warning) => warning.code === code),
      );
  },
}));

function designOf({ name, form, truth, noise, base = null }: WarningDesign, seed: number): Design {
  const k = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return {
    name,
    seed,
    form,
    truth,
    pool: 9,
    k,
    noise,
    goal: { rule: 'within', value: 0.01 },
    misfit: 0,
    base,
    identified: true,
    interval: 'pool',
    onBound: [],
  };
}
