import type { Report } from '../../../core/report/report.ts';
import type { CellStudy } from '../../../core/report/study/study.ts';
import type { Blocks } from '../../../core/selection/synergy-blocks.ts';
import { type DonorGain, sureGains } from '../../../words/donor-gains.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { counted, signed } from '../../../words/numbers.ts';
import { nameList, plain } from '../../../words/plain.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** Discoveries shown from each end. */
const SHOWN = 4;

/** Donors by what they bring to the domains of others, and the single effects that are sure. */
export function synergyText(study: CellStudy, report: Report, style: Style, columns: number): string {
  const { donors } = study.synergy;
  if (donors.length === 0) return '';
  const digits = columnDigits(donors);
  const ranked = table(
    [
      { title: 'donor', align: 'left' },
      { title: 'brings to the domains of others, against the other donors', align: 'right' },
    ],
    donors.map((donor) => [plain(report.pool[donor.donor] ?? '?', 30), estimated(donor, signed, digits)]),
    { indent: '    ', heading: style.dim },
  );
  const sentences = [discoveries(sureGains(study.synergy), report), blocks(study.blocks.donors, report)];
  return [
    `  ${style.bold('Synergy')}  ${style.dim('gain: nats per token that the loss falls; above 0 helps')}`,
    ranked,
    ...sentences.filter(Boolean).map((text) => wrap(text, columns, '    ')),
  ].join('\n');
}

function discoveries(gains: readonly DonorGain[], { pool, domains }: Report): string {
  if (gains.length === 0) return 'No gain of a single domain from the expert of another is sure.';
  const text = ({ donor, domain, gain }: DonorGain) =>
    `${plain(pool[donor] ?? '?', 30)} → ${plain(domains[domain]?.name ?? '?', 30)} ${estimated(gain, signed)}`;
  const helps = gains.filter(({ gain }) => gain.value > 0).slice(0, SHOWN);
  const least = gains
    .filter(({ gain }) => gain.value < 0)
    .slice(-SHOWN)
    .reverse();
  const lists = [
    helps.length > 0 ? `Most: ${helps.map(text).join('; ')}.` : '',
    least.length > 0 ? `Least: ${least.map(text).join('; ')}.` : '',
  ];
  const sure = `${counted(gains.length, 'gain')} of single domains from others, beside any own expert, ${gains.length === 1 ? 'is' : 'are'} sure (at most 5% of them are expected to be false).`;
  return [sure, ...lists].filter(Boolean).join('\n');
}

function blocks({ blocks: found }: Blocks, { pool }: Report): string {
  if (!found) return '';
  const names = (block: readonly number[]) => nameList(block.map((donor) => pool[donor] ?? '?'));
  return `Donors fall into ${counted(found.length, 'block')} with like effects: ${found.map(names).join(' | ')}.`;
}
