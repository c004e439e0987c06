import type { TargetName } from '../../core/hosts/target-name.ts';
import { hostText, targetText } from '../../words/hosts.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { escapeMarkdown } from './markdown.ts';
import { targetIn } from './target-diagnostics.ts';

/** What a target stands for, and how the run that goes on there is heard of; null where nothing is known. */
export function hoverOfTarget(edited: EditedExperiment, targets: readonly TargetName[]): string | null {
  const name = targetIn(edited)?.name;
  if (name === undefined) return null;
  if (name === 'local') return 'This machine';
  const known = targets.find(({ host }) => host.name === name);
  const { host } = edited.state ?? {};
  const lines = [
    known ? `${name} · ${targetText(known)}` : `${name} · ssh looks for it by this name`,
    ...(known ? [`models begin at ${known.host.models}; the agent in ${known.host.directory}`] : []),
    ...(host?.name === name ? [`A run goes on there: ${hostText(host)}`] : []),
  ];
  return lines.map((line) => escapeMarkdown(line, 300)).join('  \n');
}
