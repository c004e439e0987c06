/** All cells side by side, each at its own recommended k, with the law of the domain that is looked at. */
import type { Cell, Report } from '../../../../core/report/report.ts';
import { againstBestText } from '../../../../words/against-best.ts';
import { estimated, interval, lossDigits } from '../../../../words/estimates.ts';
import { floorText, isFloorKnown } from '../../../../words/floor.ts';
import { formName, symbol } from '../../../../words/law.ts';
import { count, loss, NONE, significant } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { typicalAtRecommended } from '../../../../words/typical.ts';
import { millinats } from '../../../../words/units.ts';
import { curveOf } from '../../state/view.ts';

export interface MethodRow {
  readonly cell: Cell;
  readonly headline: boolean;
  readonly size: string;
  readonly method: string;
  /** Why the law says nothing of it; empty where it does. */
  readonly note: string;
  readonly rank: string;
  /** Typical loss minus that of the best of its size, where methods are compared. */
  readonly againstBest: string;
  readonly k: string;
  readonly typical: string;
  readonly chosen: string;
  readonly floor: string;
  readonly A: string;
  /** The law's third parameter, by its name. */
  readonly shape: string;
  readonly form: string;
  readonly r2: string;
  readonly rmse: string;
  readonly merges: string;
}

export function methodRows(report: Report, domain: number | null): MethodRow[] {
  return report.cells.map((cell, i) => {
    const curve = curveOf(cell, domain);
    const recommended = curve?.recommended_k ?? null;
    const chosen = domain === null ? cell.selection?.recommended : undefined;
    const third = Object.keys(curve?.parameters ?? {}).find((name) => name !== 'Linf' && name !== 'A');
    const parameter = (name: string | undefined): string => {
      const value = name === undefined ? undefined : curve?.parameters?.[name];
      if (name === undefined || value === undefined) return NONE;
      const limits = curve?.intervals?.[name];
      if (!limits || (limits[0] === null && limits[1] === null)) return significant(value);
      const digits = lossDigits(limits[0], limits[1]);
      return `${loss(value, digits)} (${interval(limits, digits)})`;
    };
    return {
      cell,
      headline: i === report.headline.cell,
      size: plain(cell.size, 24),
      method: plain(cell.label),
      note: cell.claims_law ? '' : 'shown, but outside what is claimed of the law',
      rank: cell.rank === null ? NONE : `${cell.rank}`,
      // Of the objective alone.
      againstBest: (domain === null && againstBestText(report, cell)) || NONE,
      k: recommended ? recommendedText(recommended) : NONE,
      typical: (curve && typicalAtRecommended(curve)) || NONE,
      chosen: chosen ? estimated(chosen.cross_fitted) : NONE,
      floor: curve?.parameters && !isFloorKnown(curve) ? floorText(curve) : parameter('Linf'),
      A: parameter('A'),
      shape: third === undefined ? NONE : `${symbol(third)} ${parameter(third)}`,
      form: formName(curve?.form ?? null),
      r2: curve?.r2 == null ? NONE : curve.r2.toFixed(4),
      rmse: curve?.rmse == null ? NONE : millinats(curve.rmse),
      merges:
        cell.progress.done < cell.progress.total
          ? `${count(cell.progress.done)} of ${count(cell.progress.total)}`
          : count(cell.progress.total),
    };
  });
}

function recommendedText({
  k,
  low,
  high,
}: {
  readonly k: number;
  readonly low: number | null;
  readonly high: number | null;
}) {
  if (low === null && high === null) return `${k}`;
  if (low === high) return `${k} (${k} alone)`;
  return `${k} (${interval([low, high], 0)})`;
}
