/** What the study says of one expert, in the sentences of every surface. */
import { type DonorGain, sureGains } from '../../../words/donor-gains.ts';
import { estimated } from '../../../words/estimates.ts';
import { wholePoolNote } from '../../../words/goals.ts';
import { neighbourSentence } from '../../../words/neighbours.ts';
import { signed } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import type { CandidatePool } from '../../selection/pools/candidate-pools.ts';
import type { Report } from '../report.ts';
import type { CellStudy } from './study.ts';

/** Those that there are: its going or coming, whom it helps most and least, and what its absence from the pool costs. */
export function expertSentences(study: CellStudy, report: Report, expert: number): readonly string[] {
  return [
    study.neighbours ? neighbourSentence(study.neighbours, expert) : '',
    helpsSentence(sureGains(study.synergy), report, expert),
    absenceSentence(study.pools, expert),
  ].filter(Boolean);
}

function helpsSentence(gains: readonly DonorGain[], report: Report, expert: number): string {
  const { domains } = report;
  const own = gains.filter(({ donor }) => donor === expert);
  const note = wholePoolNote(report);
  const text = ({ domain, gain }: DonorGain) =>
    `${plain(domains[domain]?.name ?? '?', 40)}, ${estimated(gain, signed)}`;
  const [most, least] = [own.at(0), own.at(-1)];
  const parts = [
    most && most.gain.value > 0 ? `most to ${text(most)}` : '',
    least && least.gain.value < 0 ? `least to ${text(least)}` : '',
  ].filter(Boolean);
  return parts.length === 0
    ? ''
    : `Against the other donors it gives ${parts.join('; ')} (gain: what the loss falls; above 0 helps).${note && ` ${note}`}`;
}

function absenceSentence(pools: readonly CandidatePool[], expert: number): string {
  const pool = pools.find(({ without }) => without.length === 1 && without[0] === expert);
  if (!pool?.difference || !pool.best) return '';
  return `A pool without it: ${estimated(pool.difference, signed)} at its best k, ${pool.best.k}, against the typical merge of the whole pool.`;
}
