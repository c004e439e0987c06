import type { Range } from '../../core/experiment/diagnostic.ts';
import { doubtedTarget } from '../../core/hosts/doubted-target.ts';
import { wrongHostName } from '../../core/hosts/host.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type EditorDiagnostic, messageOf } from './editor-diagnostic.ts';
import { entryAt, scalarText } from './outline.ts';

export interface NamedTarget {
  readonly name: string;
  readonly range: Range;
}

/** As the text names it; null where it names none. */
export function targetIn(edited: EditedExperiment): NamedTarget | null {
  const name = scalarText(edited.text, entryAt(edited.outline, ['target']));
  const range = edited.valueRange(['target']);
  return name && range ? { name, range } : null;
}

/**
 * A target that can be no host, or that neither of the user's lists names: ssh may find it by its name all the same, which
 * nobody asks while one types. Nothing is said while the lists are not read.
 */
export function targetDiagnostics(
  edited: EditedExperiment,
  targets: readonly TargetName[] | undefined,
): EditorDiagnostic[] {
  const named = targetIn(edited);
  if (!named || named.name === 'local') return [];
  const { name, range } = named;
  const wrong = wrongHostName(name);
  if (wrong !== null) {
    const message = `The target "${plain(name)}" is no host: ${wrong}.`;
    const fix = 'Write `target: local`, a host of hosts.yaml, or an alias of your ssh configuration.';
    return [{ severity: 'error', code: 'target_unknown', message: messageOf({ message, fix }), range }];
  }
  const doubted = targets && doubtedTarget(name, targets);
  if (!doubted) return [];
  return [{ severity: 'warning', code: 'target_unknown', message: messageOf(doubted), range }];
}
