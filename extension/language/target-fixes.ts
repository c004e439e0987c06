import { doubtedTarget } from '../../core/hosts/doubted-target.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { change, type QuickFix } from './quick-fix.ts';
import { targetDiagnostics, targetIn } from './target-diagnostics.ts';
import { plainScalar } from './yaml-edit.ts';

const MOST = 5;

/** Another target: where the one that is written is wrong, first the one that was meant. */
export function targetFixes(edited: EditedExperiment, targets: readonly TargetName[]): QuickFix[] {
  const named = targetIn(edited);
  if (!named) return [];
  const { name, range } = named;
  const [wrong] = targetDiagnostics(edited, targets);
  const meant = wrong && doubtedTarget(name, targets)?.meant;
  const others = ['local', ...targets.map(({ host }) => host.name)].filter(
    (each) => each !== name && each !== meant,
  );
  const mend: QuickFix[] =
    wrong && meant !== undefined
      ? [
          {
            title: `Write ${plain(meant)} instead of ${plain(name)}`,
            kind: 'mend',
            diagnostic: { code: wrong.code, range },
            codes: [],
            edits: [{ range, newText: plainScalar(meant) }],
          },
        ]
      : [];
  return [
    ...mend,
    ...others.slice(0, MOST).flatMap((other) => {
      const where = other === 'local' ? 'this machine' : plain(other);
      return change(`Run on ${where}`, [{ range, newText: plainScalar(other) }], wrong ? [wrong.code] : []);
    }),
  ];
}
