/** Names in lists and maps: known, and there once. */
import type { Path } from './diagnostic.ts';
import { didYouMean, type Finding } from './shape.ts';

export type Report = (
  path: Path,
  code: string,
  message: string,
  fix: string,
  more?: Partial<Pick<Finding, 'severity' | 'on' | 'suggestion' | 'lacks'>>,
) => void;

export function checkMembers(
  members: readonly string[],
  pool: readonly string[],
  path: Path,
  report: Report,
): void {
  members.forEach((expert, i) => {
    checkKnown(expert, pool, 'expert', [...path, i], report);
  });
  checkDistinct(members, path, 'expert', report);
}

export function checkDistinct(names: readonly string[], path: Path, what: string, report: Report): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) === i) return;
    report(
      [...path, i],
      `${what}_duplicate`,
      `The ${what} \`${name}\` is there twice.`,
      'Remove one of them.',
    );
  });
}

export function checkKnown(
  name: string,
  known: readonly string[],
  what: string,
  path: Path,
  report: Report,
  on: 'key' | 'value' = 'value',
): void {
  if (known.includes(name)) return;
  const suggestion = didYouMean(name, known);
  const hint = suggestion ? ` Did you mean \`${suggestion}\`?` : '';
  const code = `unknown_${what.split(' ')[0]}`;
  const fix = suggestion ? `Write \`${suggestion}\`.` : `Known are ${quoted(known)}.`;
  report(path, code, `\`${name}\` is not a ${what}.${hint}`.replace(' a expert', ' an expert'), fix, {
    on,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}
