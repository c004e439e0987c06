import type { FormFit, LawCurve } from '../../core/law/curve.ts';
import { interval, lossDigits } from '../../words/estimates.ts';
import { floorText, isFloorKnown } from '../../words/floor.ts';
import { formula, symbol } from '../../words/law.ts';
import { loss } from '../../words/numbers.ts';
import { millinats } from '../../words/units.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/table.ts';

/** The fitted law, how well it fits, and how its rivals and the paper's form fare. */
export function lawText(curve: LawCurve, style: Style, columns: number): string {
  if (curve.form === null || curve.parameters === null) {
    const reason = curve.reasons['parameters'] ?? curve.reasons['form'];
    return reason ? `  ${style.dim('Law')}  ${reason}` : '';
  }
  const parameters = Object.entries(curve.parameters).map(([name, value]) => {
    if (name === 'Linf' && !isFloorKnown(curve)) return `${symbol(name)} ${floorText(curve)}`;
    const limits = curve.intervals?.[name];
    const digits = limits ? lossDigits(limits[0], limits[1]) : 4;
    const text = `${symbol(name)} ${loss(value, digits)}`;
    return limits ? `${text} (${interval(limits, digits)})` : text;
  });
  const fit = [
    curve.r2 === null ? '' : `R² ${curve.r2.toFixed(4)}`,
    curve.rmse === null ? '' : `rmse ${millinats(curve.rmse)}`,
    curve.interval_method ? `intervals by ${curve.interval_method}` : '',
  ].filter(Boolean);
  return [
    `  ${style.dim('Law')}  ${formula(curve.form)}   ${style.dim(`form: ${curve.form}`)}`,
    wrap(parameters.map((text) => text.replaceAll(' ', '\u00a0')).join('   '), columns, '       ').replaceAll(
      '\u00a0',
      ' ',
    ),
    fit.length > 0 ? wrap(fit.join(' · '), columns, '       ').split('\n').map(style.dim).join('\n') : '',
    wrap(rivals(curve.forms, curve.form), columns, '       '),
  ]
    .filter((line) => line.trim() !== '')
    .join('\n');
}

function rivals(forms: readonly FormFit[], used: LawCurve['form']): string {
  const tested = forms.filter(
    (candidate): candidate is FormFit & { backtest: number } => candidate.backtest !== null,
  );
  if (tested.length === 0) return '';
  const each = tested.map((candidate) => {
    const name = candidate.form === 'paper' ? "paper's" : candidate.form;
    return `${name} ${millinats(candidate.backtest)}${candidate.form === used ? ' (used)' : ''}`;
  });
  const best = tested[0]?.form === used || !tested.some(({ form }) => form === used);
  const rule = best
    ? ''
    : ' With fewer than six k, or where it does not follow the points, the best forecast does not decide.';
  return `Forecasting later k from earlier ones, each form misses by: ${each.join(', ')}; 1 mnat is 0.001 nats.${rule}`;
}
