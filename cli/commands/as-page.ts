import path from 'node:path';
import type { AnyReport } from '../../runner/analysis-messages.ts';
import { plain } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import type { Context } from '../command.ts';
import { pageBeside, writePage } from '../report/html-page.ts';
import { print, printJson } from '../terminal/io.ts';

/** `--html [PAGE]`: writes a report as a page, and says where. */
export async function pageWritten(
  { io }: Context,
  report: AnyReport,
  experiment: string,
  { html, json }: { readonly html?: string | true; readonly json: boolean },
): Promise<void> {
  const to = typeof html === 'string' ? path.resolve(html) : pageBeside(experiment);
  const size = await writePage(report, experiment, to, Date.now());
  if (json) {
    printJson(io, { file: to, bytes: size });
    return;
  }
  const relative = path.relative(process.cwd(), to);
  const name = relative.startsWith('..') || path.isAbsolute(relative) ? to : relative;
  print(io, `Written: ${plain(name, 1000)} (${bytes(size)}). It opens in any browser and needs no network.`);
}
