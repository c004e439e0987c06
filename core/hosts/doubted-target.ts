/** A name of a target that none of the user's own lists has: ssh may find it all the same. */
import { plain } from '../../words/plain.ts';
import { didYouMean } from '../experiment/shape.ts';
import type { TargetName } from './target-name.ts';

export interface DoubtedTarget {
  readonly message: string;
  readonly fix: string;
  /** The nearest name that is known, where the target was probably meant to be that one. */
  readonly meant: string | undefined;
}

/** Null where a list has the name, or it is an address, which needs no entry in any. */
export function doubtedTarget(name: string, targets: readonly TargetName[]): DoubtedTarget | null {
  if (name === 'local' || targets.some(({ host }) => host.name === name)) return null;
  const meant = didYouMean(name, ['local', ...targets.map(({ host }) => host.name)]);
  if (meant === undefined && /[.@]/.test(name)) return null;
  const fix =
    meant === undefined
      ? 'ssh will look for it by this name; describe it in hosts.yaml where it has another one.'
      : `Did you mean \`${meant}\`?`;
  return { message: `Neither hosts.yaml nor your ssh configuration names "${plain(name)}".`, fix, meant };
}
