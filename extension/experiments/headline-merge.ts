import type { Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';

/** The recommended merge of a report as buttons name it; null where there is none. */
export function headlineMerge({ headline, cells }: Report): MergeName | null {
  const cell = headline.cell === null ? undefined : cells[headline.cell];
  const members = cell?.selection?.recommended?.members;
  return cell && members ? { size: cell.size, method: cell.method, members, seed: null } : null;
}

/** Names, in pool order. */
export function membersOf({ pool }: Report, { members }: MergeName): readonly string[] {
  return members.flatMap((index) => pool[index] ?? []);
}
