/** The steps from an experiment to one subset of it, each with a way back. */
import { plain } from '../../words/plain.ts';
import { pickSize } from './pick-size.ts';
import { type Chosen, type Picking, TITLE } from './picking.ts';
import { type Answer, ask } from './quick-steps.ts';
import { cellChoices } from './subset-choices.ts';
import { nothingToInsert } from './subset-of.ts';
import type { SubsetSource } from './subset-source.ts';
import type { SubsetToInsert } from './subset-text.ts';
import { waited } from './waited.ts';

/** Steps that have one answer are not asked. Null where the user went away. @param meant begins with this one */
export async function pickSubset(
  picking: Picking,
  sources: readonly SubsetSource[],
  meant: SubsetSource | null,
): Promise<SubsetToInsert | null> {
  let source = meant ?? (await pickSource(sources));
  for (;;) {
    if (!source) return null;
    const report = await waited('Reading results', source.report());
    if (!report || cellChoices(report).length === 0) {
      picking.tell(nothingToInsert(source, report));
      return null;
    }
    const answer = await pickCellAndSize(picking, { source, report, weights: null }, sources.length > 1);
    if (answer.kind !== 'back') return answer.kind === 'chosen' ? answer.item : null;
    source = await pickSource(sources);
  }
}

async function pickSource(sources: readonly SubsetSource[]): Promise<SubsetSource | null> {
  const [only] = sources;
  if (sources.length <= 1) return only ?? null;
  const items = sources.map((source) => ({
    label: plain(source.name),
    description: plain(source.file, 120),
    source,
  }));
  const answer = await ask({
    title: TITLE,
    placeholder: 'Which experiment?',
    items,
    active: null,
    canGoBack: false,
  });
  return answer.kind === 'chosen' ? answer.item.source : null;
}

async function pickCellAndSize(
  picking: Picking,
  chosen: Chosen,
  canGoBack: boolean,
): Promise<Answer<SubsetToInsert>> {
  const items = cellChoices(chosen.report);
  for (;;) {
    const several = items.length > 1;
    const answer = several
      ? await ask({ title: TITLE, placeholder: 'Which method?', items, active: null, canGoBack })
      : ({ kind: 'chosen', item: items[0] } as const);
    if (answer.kind !== 'chosen') return answer;
    const cell = chosen.report.cells[answer.item?.index ?? 0];
    if (!cell) return { kind: 'gone' };
    const size = await pickSize(picking, chosen, cell, several || canGoBack);
    if (size.kind !== 'back' || !several) return size;
  }
}
