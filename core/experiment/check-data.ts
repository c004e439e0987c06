/** Domains and their data: something to score, each domain from a file of its own. */
import { checkDistinct, checkKnown, type Report } from './check-names.ts';
import type { ExperimentFile } from './schema.ts';

/** @param all the domains, whether written or not */
export function checkData(
  { data, domains }: Pick<ExperimentFile['evaluation'], 'data' | 'domains'>,
  all: readonly string[],
  report: Report,
): void {
  if (domains) checkDistinct(domains, ['evaluation', 'domains'], 'domain', report);
  if (typeof data !== 'string') {
    if (Object.keys(data).length === 0) {
      report(
        ['evaluation', 'data'],
        'no_domains',
        'There is nothing to score.',
        'Name at least one data file.',
      );
    }
    domains?.forEach((domain, i) => {
      checkKnown(domain, Object.keys(data), 'domain', ['evaluation', 'domains', i], report);
    });
  } else if (!data.includes('{domain}') && all.length > 1) {
    report(
      ['evaluation', 'data'],
      'data_pattern',
      `\`${data}\` would be the same data for each of ${all.length} domains.`,
      'Put `{domain}` where the name of the domain belongs, or name one domain under `domains`.',
    );
  }
}
