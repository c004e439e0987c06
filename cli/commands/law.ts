import type { Goal } from '../../core/experiment/experiment.ts';
import type { Form, LawCurve } from '../../core/law/curve.ts';
import { type LawDocument, lawDocument } from '../../core/law/law-document.ts';
import { ProblemError } from '../../core/problem.ts';
import { columnDigits, estimated } from '../../words/estimates.ts';
import { loss, signed } from '../../words/numbers.ts';
import { plain, plainLines } from '../../words/plain.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { readNamed } from '../failed.ts';
import { problemText } from '../problem-text.ts';
import { lawText } from '../report/law-text.ts';
import { sizesText } from '../report/sizes-text.ts';
import { drawCurve } from '../terminal/curve.ts';
import { print, printJson } from '../terminal/io.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';

export interface LawCommandOptions extends CommonOptions {
  readonly forecast?: readonly number[];
  readonly forecastSize?: readonly number[];
  readonly form?: Form;
  readonly within?: number;
  readonly epsilon?: number;
  readonly return?: number;
  readonly pool?: number;
}

/** `law POINTS.csv`: fits the law to anybody's numbers. Exit 2 on unusable input. */
export async function law(context: Context, file: string, options: LawCommandOptions): Promise<ExitCode> {
  const { io } = context;
  const { document, problems } = lawDocument(readNamed(file), {
    file,
    forecast: whole('forecast', options.forecast ?? []),
    sizes: billions(options.forecastSize ?? []),
    form: options.form ?? null,
    pool: options.pool === undefined ? null : (whole('pool', [options.pool])[0] ?? null),
    goal: goalOf(options),
  });
  if (document === null) {
    if (options.json) printJson(io, { error: problems[0], problems });
    for (const problem of problems) io.err.write(`${problemText(problem, io.errStyle)}\n`);
    return 2;
  }
  if (options.json) printJson(io, document);
  else print(io, documentText(document, io.style, io.columns));
  return 0;
}

function documentText({ curves, joint, notes }: LawDocument, style: Style, columns: number): string {
  return [
    ...curves.map((curve) => curveText(curve, style, columns)),
    ...joint.map((law) => sizesText(law, style, columns)),
    ...(notes.length > 0 ? [notes.map((note) => wrap(note, columns, '  ')).join('\n')] : []),
  ].join('\n\n\n');
}

function goalOf(options: LawCommandOptions): Goal {
  if (options.epsilon !== undefined) return { rule: 'epsilon', value: positive('epsilon', options.epsilon) };
  if (options.return !== undefined) return { rule: 'return', value: share(options.return) };
  return { rule: 'within', value: positive('within', options.within ?? 0.01) };
}

function whole(option: string, values: readonly number[]): readonly number[] {
  for (const value of values) {
    if (!Number.isSafeInteger(value) || value < 1 || value > 10_000)
      throw unusable(option, 'takes whole numbers from 1 to 10,000');
  }
  return values;
}

function billions(values: readonly number[]): readonly number[] {
  for (const value of values) {
    if (!(value > 0 && value <= 1e5))
      throw unusable('forecast-size', 'takes sizes in billions of parameters');
  }
  return values;
}

function positive(option: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw unusable(option, 'takes a positive number of nats');
  return value;
}

function share(value: number): number {
  if (!(value > 0 && value <= 1)) throw unusable('return', 'takes a share above 0 and up to 1');
  return value;
}

function unusable(option: string, what: string): ProblemError {
  return new ProblemError({
    code: 'option_invalid',
    message: `--${option} ${what}.`,
    fix: 'See: merge-lab law --help',
  });
}

function curveText(curve: LawCurve, style: Style, columns: number): string {
  const name = [curve.domain === null ? '' : plain(curve.domain), curve.N === null ? '' : `N = ${curve.N}B`]
    .filter(Boolean)
    .join(' · ');
  const parts = [
    name === '' ? '' : style.bold(name),
    recommended(curve, style),
    drawCurve(drawingOf(curve), style, columns),
    forecasts(curve, style),
    lawText(curve, style, columns),
    curve.warnings.length === 0
      ? ''
      : `  ${style.yellow('Caveats')}\n${curve.warnings.map(({ code, message }) => wrap(`${plainLines(message)} [${code}]`, columns, '    ')).join('\n')}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function recommended(curve: LawCurve, style: Style): string {
  const found = curve.recommended_k;
  if (!found) return curve.reasons['recommended_k'] ? `  ${curve.reasons['recommended_k']}` : '';
  const range = found.low === null || found.high === null ? '' : ` (${found.low} to ${found.high})`;
  const rule = {
    within: `within ${found.value} nats of the best reachable`,
    return: `with ${100 * found.value}% of the improvement`,
    epsilon: `within ${found.value} nats of the floor`,
  }[found.rule];
  return `  ${style.bold(`k = ${found.k}${range}`)}: the smallest k ${rule}.`;
}

function drawingOf(curve: LawCurve): Parameters<typeof drawCurve>[0] {
  const inside = curve.forecast.filter(({ k }) => k <= Math.max(curve.pool, 1));
  const at = (measured: boolean) => inside.filter((point) => point.measured === measured);
  return {
    points: at(true),
    chosen: [],
    law: at(false),
    base: null,
    recommended: curve.recommended_k?.k ?? null,
    pool: curve.pool,
  };
}

function forecasts(curve: LawCurve, style: Style): string {
  const digits = columnDigits(curve.forecast);
  const gainDigits = columnDigits(curve.marginal_gain ?? []);
  const rows = curve.forecast.map(({ k, loss: value, low, high, measured }) => {
    const gain = curve.marginal_gain?.find((candidate) => candidate.k === k);
    return [
      `${k}`,
      estimated({ value, low, high }, loss, digits),
      measured ? 'measured' : k > curve.pool ? style.yellow('beyond the pool') : 'law',
      gain ? signed(gain.gain, gainDigits) : '',
    ];
  });
  return table(
    [
      { title: 'k', align: 'right' },
      { title: 'loss', align: 'right' },
      { title: '', align: 'left' },
      { title: 'next buys', align: 'right' },
    ],
    rows,
    { indent: '  ', heading: style.dim },
  );
}
