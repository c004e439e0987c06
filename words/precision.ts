/** How well the means of a sweep are known, as people read it. */
import type { CellPrecision, Precision } from '../core/report/report.ts';
import { plusMinus } from './estimates.ts';
import { count, counted, loss, significant } from './numbers.ts';

/** `Every mean is known to ±0.0087 nats (±0.01 asked for), after 145 of at most 200 merges.` */
export function precisionSentence(precision: Precision): string {
  const { asked, stop, reached, merges, at_most } = precision;
  const wanted = `±${asked}`;
  const used = `${count(merges)} of at most ${counted(at_most, 'merge')}`;
  if (reached === null) {
    return stop === null
      ? `Each mean is to be known to ${wanted} nats: judged first with six subsets of each k. So far ${used}.`
      : `How well the means are known cannot be said, after ${used}; ${wanted} nats were asked for.`;
  }
  const known = reached === 0 ? 'exactly' : `to ±${significant(reached, 2)} nats`;
  if (stop === 'precise') return `Every mean is known ${known} (${wanted} asked for), after ${used}.`;
  return stop === null
    ? `So far every mean is known ${known} (${wanted} asked for), after ${used}.`
    : `Every mean is known ${known} only (${wanted} asked for): all ${counted(merges, 'merge')} that are allowed are made.`;
}

/** `±0.0087 after 145 merges`; what is asked for while nothing is known. */
export function precisionInShort({ stop, reached, merges }: Precision): string {
  if (reached === null) return stop === null ? 'not judged yet' : 'not known';
  const known = reached === 0 ? 'exact' : `±${significant(reached, 2)}`;
  return `${known} after ${counted(merges, 'merge')}`;
}

/** What no merge lessens; empty where it is not known. */
export function samplesSentence({ samples_alone }: Precision): string {
  return samples_alone === null
    ? ''
    : `The evaluation samples leave ±${significant(samples_alone, 2)} besides, whatever is merged.`;
}

/** The estimates that the bounds are of, with how many subsets of each size they rest on; empty before the first look. */
export function meansSentence({ points }: CellPrecision): string {
  if (points.length === 0) return '';
  const each = points.map(({ k, loss: mean, half, merges, of }) => {
    const value =
      half === null ? loss(mean) : plusMinus({ value: mean, low: mean - half, high: mean + half });
    return `k = ${k}: ${value} by ${count(merges)} of ${count(of)}`;
  });
  return `Means over all subsets, corrected for which were drawn, with bounds that hold for all k together: ${each.join('; ')}.`;
}
