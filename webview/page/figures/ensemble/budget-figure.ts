/** The oracle over summed parameters: typical and best pools of each budget, single models, and the laws of them. */
import type {
  BudgetPoint,
  EnsembleReport,
  EnsembleStudy,
  PoolFormFit,
  PoolLaw,
} from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { estimated } from '../../../../words/estimates.ts';
import { count, loss } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { poolFormName, poolFormula, poolLawAt } from '../../../../words/pool-law.ts';
import { parameters } from '../../../../words/units.ts';
import type { FigurePoint, FigureTable, Ink, Series, Tip, XyFigure } from '../figure.ts';
import { plainSeries, valueRows } from '../series.ts';
import { bitsAxis, costAxis } from './axes.ts';

/** Steps of a drawn law. */
const STEPS = 60;

/** Null until the numbers are complete, and without two budgets. */
export function budgetFigure({ study, models }: EnsembleReport): XyFigure | null {
  if (!study || study.typical.points.length < 2) return null;
  const { typical, envelope, single } = study;
  const series = [
    pools('envelope', 'Best pool, on other samples', 'green', envelope),
    pools('typical', 'Typical pool', 'blue', typical),
    singles(models),
    ...lawSeries('envelope', 'green', [8, 3, 2, 3], envelope),
    ...lawSeries('typical', 'blue', [], typical),
    ...(single
      ? [
          curveOf(
            'single-law',
            'Law of single models',
            'muted',
            [2, 2],
            { form: 'power_floor', ...single },
            spanOf(single.points.map(({ parameters: P }) => P)),
          ),
        ]
      : []),
  ].filter(({ points }) => points.length > 0);
  const budgets = [...typical.points, ...envelope.points].map(({ parameters: P }) => P);
  const values = [...budgets, ...models.map((model) => model.parameters.total)];
  return {
    kind: 'xy',
    title: 'The oracle over summed parameters',
    summary:
      `Bits per byte of the oracle of pools, by the parameters of all their models together. ${lawSentence('Typical pools', typical)} ${lawSentence('Best pools', envelope)}`.trim(),
    x: costAxis('parameters of all models together', values, parameters),
    y: bitsAxis(series.filter(({ id }) => !id.endsWith('-law'))),
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(study),
  };
}

/** `Best pools: a power law forecasts best what is left out, by 0.003.` */
export function lawSentence(of: string, { forms, reason }: PoolLaw): string {
  const [best, next] = forms;
  if (!best) return reason === null ? '' : `${of}: ${reason}`;
  const missed = loss(best.held_out, 4);
  const other = next ? loss(next.held_out, 4) : '';
  if (next && other === missed)
    return `${of}: ${poolFormName(best.form)}, ${poolFormula(best)}, and ${poolFormName(next.form)} forecast budgets beyond those fitted equally well, missing by ${missed}.${misfitText(best)}`;
  const rival = next ? `, before ${poolFormName(next.form)} (${other})` : '';
  return `${of}: ${poolFormName(best.form)}, ${poolFormula(best)}, forecasts budgets beyond those fitted best, missing by ${missed}${rival}.${misfitText(best)}`;
}

function misfitText({ misfit }: PoolFormFit): string {
  if (!misfit) return '';
  const { parameters: at, residual } = misfit;
  return ` It does not fit: at ${parameters(at)} it misses by ${estimated(residual)}, more than the error of that point.`;
}

function pools(id: string, label: string, ink: Ink, { points }: PoolLaw): Series {
  const hasShape = id === 'envelope';
  return {
    ...plainSeries,
    ...{ id, label, ink, emphasis: 'strong', whiskers: true, shape: hasShape ? 'rectRot' : 'circle' },
    points: points.map(({ parameters: P, bits_per_byte: { value, low, high } }) => ({
      x: Math.log10(P),
      y: value,
      low,
      high,
    })),
    tip: (i) => budgetTip(label, points[i]),
  };
}

function singles(models: EnsembleReport['models']): Series {
  const own = models
    .filter(({ null_of, merge_of }) => null_of === null && merge_of === null)
    .sort((a, b) => a.parameters.total - b.parameters.total);
  return {
    ...plainSeries,
    ...{ id: 'single', label: 'Single models', ink: 'foreground', shape: 'crossRot' },
    points: own.map((model) => ({
      x: Math.log10(model.parameters.total),
      y: model.bits_per_byte.value,
      low: null,
      high: null,
    })),
    tip: (i) => {
      const model = own[i];
      return model
        ? {
            title: plain(model.name),
            rows: [
              ...valueRows('bits per byte', model.bits_per_byte),
              ['parameters', parameters(model.parameters.total)] as const,
            ],
          }
        : { title: '', rows: [] };
    },
  };
}

/** The form that forecasts best; one in k has no line over parameters but at the pools themselves. */
function lawSeries(of: string, ink: Ink, line: readonly number[], { points, forms }: PoolLaw): Series[] {
  const [best] = forms;
  if (!best) return [];
  const label = `${of === 'typical' ? 'Typical' : 'Best'}: ${poolFormName(best.form)}`;
  if (best.form !== 'saturating')
    return [curveOf(`${of}-law`, label, ink, line, best, spanOf(points.map(({ parameters: P }) => P)))];
  return [
    {
      ...lineOf(`${of}-law`, label, ink, line),
      points: points.map(({ parameters: P, k }) => pointAt(best, P, k)),
    },
  ];
}

type Law = Pick<PoolFormFit, 'form' | 'parameters'>;

function curveOf(
  id: string,
  label: string,
  ink: Ink,
  line: readonly number[],
  law: Law,
  [low, high]: readonly [number, number],
): Series {
  const places = Array.from({ length: STEPS + 1 }, (_, i) => low * (high / low) ** (i / STEPS));
  return { ...lineOf(id, label, ink, line), points: places.map((P) => pointAt(law, P, 1)) };
}

function lineOf(id: string, label: string, ink: Ink, line: readonly number[]): Omit<Series, 'points'> {
  return { ...plainSeries, id, label, ink, line, shape: 'none' };
}

function pointAt(law: Law, P: number, k: number): FigurePoint {
  return { x: Math.log10(P), y: poolLawAt(law, P / 1e9, k), low: null, high: null };
}

function spanOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function budgetTip(label: string, point: BudgetPoint | undefined): Tip {
  if (!point) return { title: '', rows: [] };
  return {
    title: `${label}, at most ${parameters(point.budget)}`,
    rows: [
      ...valueRows('oracle', point.bits_per_byte),
      ['parameters used', parameters(point.parameters)],
      ['models', loss(point.k, 1)],
      ...(point.members ? ([['which', names(point.members, 6)]] as const) : []),
    ],
  };
}

function tableOf({ typical, envelope }: EnsembleStudy): FigureTable {
  const rows = [
    ...typical.points.map((point) => ({ of: 'typical', point })),
    ...envelope.points.map((point) => ({ of: 'best', point })),
  ];
  return {
    columns: [
      { title: 'Pools', text: true },
      { title: 'Budget' },
      { title: 'Used' },
      { title: 'Models' },
      { title: 'Oracle (95%)' },
      { title: 'Which', text: true },
    ],
    rows: rows.map(({ of, point }) => [
      of,
      parameters(point.budget),
      parameters(point.parameters),
      of === 'best' ? count(point.k) : loss(point.k, 1),
      estimated(point.bits_per_byte),
      point.members ? names(point.members, 6) : '',
    ]),
    csv: {
      columns: ['pools', 'budget', 'parameters', 'k', 'oracle', 'low', 'high', 'members'],
      rows: rows.map(({ of, point: { budget, parameters: P, k, bits_per_byte, members } }) => [
        of,
        budget,
        P,
        k,
        bits_per_byte.value,
        bits_per_byte.low,
        bits_per_byte.high,
        members?.join(' ') ?? null,
      ]),
    },
  };
}
