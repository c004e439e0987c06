import type { Ensemble } from '../../../core/experiment/ensemble/ensemble.ts';
import type { EnsembleSession } from '../../../runner/ensemble/ensemble-session.ts';
import type { EnsembleSummary } from '../../../runner/session-types.ts';
import { plannedScores } from '../../../words/ensemble.ts';
import { count, counted } from '../../../words/numbers.ts';
import { plain, plainLines } from '../../../words/plain.ts';
import { bytes, parameterRange, roughly } from '../../../words/units.ts';
import type { Style } from '../../terminal/style.ts';
import { labelled, wrap } from '../../terminal/table.ts';

/** What a run will do, in a few lines. */
export function summaryText(
  { ensemble, target }: Pick<EnsembleSession, 'ensemble' | 'target'>,
  summary: EnsembleSummary,
  { style, columns }: { readonly style: Style; readonly columns: number },
): string {
  const { plan, prepared, done, failed, missing, warnings } = summary;
  const members = Object.values(plan.header.models);
  const sizes = members.map((member) => member.parameters);
  const tokenizers = new Set(members.map(({ tokenizer }) => tokenizer)).size;
  const dtypes = [...new Set(members.map(({ dtype }) => dtype))].join(' and ');
  const state = [
    done > 0 ? `${count(done)} done` : '',
    failed > 0 ? style.red(`${count(failed)} failed`) : '',
    missing > 0 ? `${count(missing)} to score` : 'nothing to do',
  ].filter(Boolean);
  const rows = [
    ...(target === 'local' ? [] : [['host', plain(target)]]),
    ['models', `${plannedScores(plan.unmerged, plan.total)}: ${state.join(', ')}`],
    ['sizes', `${parameterRange(sizes)}, ${counted(tokenizers, 'tokenizer')}`],
    ['scoring', scoringText(ensemble, summary)],
    ['device', `${plain(prepared.device.description)}, ${dtypes}`],
  ];
  if (missing > 0) rows.push(['expected', expected(summary)]);
  const body = labelled(
    rows.map(([name = '', text = '']) => [style.dim(name), text]),
    columns,
  );
  const notes = warnings.map(({ message, fix }) =>
    wrap(`${style.yellow('note')} ${plainLines(message)} ${plainLines(fix)}`, columns, '  '),
  );
  return [style.bold(plain(ensemble.name)), body, ...notes].join('\n');
}

/** Of the first model; others may have fewer samples, where theirs are too long. */
function scoringText({ evaluation }: Ensemble, { plan, prepared }: EnsembleSummary): string {
  const [first] = Object.values(plan.header.models);
  const sets = Object.values(first?.evaluations ?? {}).flatMap((id) => prepared.evaluations[id] ?? []);
  const sum = (field: 'samples' | 'bytes'): number => sets.reduce((total, set) => total + set[field], 0);
  const domains = counted(evaluation.domains.size, 'domain');
  return `${counted(sum('samples'), 'sample')}, ${bytes(sum('bytes'))}, ${domains}; at most ${bytes(evaluation.max_bytes)} each`;
}

function expected({ estimate }: EnsembleSummary): string {
  const { seconds, memory_bytes: memory, available_memory_bytes: free } = estimate;
  const time =
    seconds === null
      ? 'time unknown'
      : seconds < 1
        ? 'under 1 s, and the loading of models'
        : `about ${roughly(seconds)}, and the loading of models`;
  return memory === null || free === null ? time : `${time}; ${bytes(memory)} memory of ${bytes(free)} free`;
}
