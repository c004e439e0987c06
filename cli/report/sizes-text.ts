import type { JointParameter, SizesLaw, Standing } from '../../core/law/sizes/sizes-law.ts';
import { columnDigits, estimated, interval, lossDigits } from '../../words/estimates.ts';
import { loss } from '../../words/numbers.ts';
import { plain, plainLines } from '../../words/plain.ts';
import { millinats, parameters as parameterCount } from '../../words/units.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';

const SYMBOLS: Readonly<Record<JointParameter, string>> = {
  Lstar: 'L*',
  B: 'B',
  beta: 'β',
  A0: 'A0',
  gamma: 'γ',
  b: 'b',
};

const STANDING: Readonly<Record<Standing, string>> = {
  identified: '',
  saturated: 'saturated',
  on_bound: 'on its bound',
  not_identified: 'not identified',
};

/** The law over sizes and experts together, as a person reads it. */
export function sizesText(law: SizesLaw, style: Style, columns: number): string {
  const name = [law.domain === null ? '' : plain(law.domain), `sizes ${law.sizes.map(size).join(', ')}`]
    .filter(Boolean)
    .join(' · ');
  return [
    style.bold(name),
    lawLines(law, style, columns),
    bySize(law, style),
    sharedOffset(law, columns),
    heldOut(law, columns),
    furtherSizes(law, style),
    isoLoss(law, style),
    law.warnings.length === 0
      ? ''
      : `  ${style.yellow('Caveats')}\n${law.warnings.map(({ code, message }) => wrap(`${plainLines(message)} [${code}]`, columns, '    ')).join('\n')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function lawLines(law: SizesLaw, style: Style, columns: number): string {
  const { parameters, intervals, standing } = law;
  if (!parameters) return `  ${style.dim('Law')}  ${law.reasons['parameters'] ?? ''}`;
  const each = (Object.keys(SYMBOLS) as JointParameter[]).map((parameter) => {
    const limits = intervals?.[parameter];
    const digits = limits ? lossDigits(limits[0], limits[1]) : 4;
    const notes = [limits ? interval(limits, digits) : '', standing ? STANDING[standing[parameter]] : '']
      .filter(Boolean)
      .join(', ');
    return `${SYMBOLS[parameter]} ${loss(parameters[parameter], digits)}${notes ? ` (${notes})` : ''}`;
  });
  const paper = law.paper ? `paper's b ≥ 0: rmse ${millinats(law.paper.rmse)}` : '';
  const fit = [
    law.r2 === null ? '' : `R² ${law.r2.toFixed(4)}`,
    law.rmse === null ? '' : `rmse ${millinats(law.rmse)}`,
    paper,
    law.interval_method ? `intervals by ${law.interval_method}` : '',
  ].filter(Boolean);
  return [
    `  ${style.dim('Law')}  L(N, k) = L* + B·N^−β + A0·N^−γ/(k + b)   ${style.dim('N in billions')}`,
    wrap(unbroken(each).join('   '), columns, '       ')
      .split('\n')
      .map((line) => line.trimEnd().replaceAll('\u00a0', ' '))
      .join('\n'),
    wrap(fit.join(' · '), columns, '       ').split('\n').map(style.dim).join('\n'),
  ].join('\n');
}

/** Of so many billion parameters: `500M`. */
function size(N: number): string {
  return parameterCount(N * 1e9);
}

/** Lines may break between the texts only. */
function unbroken(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(' ', '\u00a0'));
}

function bySize(law: SizesLaw, style: Style): string {
  const sizes = law.by_size?.sizes ?? [];
  if (sizes.length === 0) return '';
  const floors = columnDigits(sizes.map(({ floor }) => floor));
  const tails = columnDigits(sizes.map(({ tail }) => tail));
  return table(
    [
      { title: 'size', align: 'right' },
      { title: 'floor', align: 'right' },
      { title: 'tail', align: 'right' },
      { title: 'own b', align: 'right' },
      { title: 'misses by', align: 'right' },
    ],
    sizes.map(({ N, floor, tail, own_b, rmse }) => [
      size(N),
      estimated(floor, loss, floors),
      estimated(tail, loss, tails),
      own_b === null ? '' : loss(own_b, 2),
      millinats(rmse),
    ]),
    { indent: '  ', heading: style.dim },
  );
}

function sharedOffset({ by_size }: SizesLaw, columns: number): string {
  if (!by_size?.shared_b) return '';
  const { p, does_as_well } = by_size.shared_b;
  const verdict = does_as_well ? 'fits as well as one for each' : 'fits worse than one for each';
  return wrap(
    `One offset for all sizes, b = ${loss(by_size.b, 2)}, ${verdict} (F test, p = ${p.toPrecision(2)}).`,
    columns,
    '  ',
  );
}

function heldOut({ held_out }: SizesLaw, columns: number): string {
  const later = held_out.filter(({ kind }) => kind === 'later');
  const left = held_out.filter(({ kind }) => kind === 'left_out');
  if (left.length === 0) return '';
  const rms = (rows: typeof held_out) =>
    millinats(Math.sqrt(rows.reduce((sum, row) => sum + row.rms ** 2, 0) / rows.length));
  const forecasts = later.length === 0 ? '' : ` Larger sizes from smaller ones: it misses by ${rms(later)}.`;
  return wrap(
    `A size left out, forecast from the others: it misses by ${rms(left)} (${left.map(({ N, rms: own }) => `${size(N)} ${millinats(own)}`).join(', ')}).${forecasts}`,
    columns,
    '  ',
  );
}

/** The sizes that were asked for and not measured. */
function furtherSizes(law: SizesLaw, style: Style): string {
  const rows = law.forecast.filter(({ N }) => !law.sizes.includes(N));
  if (rows.length === 0) return '';
  const digits = columnDigits(rows);
  return table(
    [
      { title: 'size', align: 'right' },
      { title: 'k', align: 'right' },
      { title: 'loss', align: 'right' },
    ],
    rows.map(({ N, k, loss: value, low, high }) => [
      size(N),
      `${k}`,
      estimated({ value, low, high }, loss, digits),
    ]),
    { indent: '  ', heading: style.dim },
  );
}

/** The k at which each size reaches a loss. */
function isoLoss(law: SizesLaw, style: Style): string {
  if (law.iso_loss.length === 0) return '';
  const at = (line: SizesLaw['iso_loss'][number], N: number) =>
    line.points.find((point) => point.N === N)?.k ?? null;
  return table(
    [
      { title: 'k to reach', align: 'right' },
      ...law.sizes.map((N) => ({ title: size(N), align: 'right' as const })),
    ],
    law.iso_loss.map((line) => [
      loss(line.loss),
      ...law.sizes.map((N) => {
        const k = at(line, N);
        return k === null ? '·' : loss(k, 1);
      }),
    ]),
    { indent: '  ', heading: style.dim },
  );
}
