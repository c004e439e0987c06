/** The recommended subset with one expert less, or more, as people read it. */

import type { Estimated } from '../core/report/report.ts';
import type { Neighbour, Neighbours } from '../core/selection/neighbours.ts';
import { estimated } from './estimates.ts';
import { signed } from './numbers.ts';
import { nameList, plain } from './plain.ts';

interface Told {
  readonly expert: string;
  /** Of the loss, nats per token; positive is worse. */
  readonly change: Estimated;
}

/** "Which one can I drop?" Empty where no such merge is measured. */
export function dropSentence({ drop }: Neighbours, pool: readonly string[]): string {
  const told = measured(drop, pool);
  const [least] = told;
  if (!least) return '';
  const most = told.length > 1 ? told.at(-1) : undefined;
  const dear = most && isWorse(most.change) ? ` Most is lost without ${named(most)}.` : '';
  const open = told.filter(({ change }) => isOpen(change)).map(({ expert }) => expert);
  const head = isBetter(least.change)
    ? `The loss falls without ${named(least)}.`
    : isWorse(least.change)
      ? `None for nothing: least is lost without ${named(least)}.`
      : open.length > 1
        ? `${nameList(open, 6)} may cost nothing, one at a time: without ${named(least)}.`
        : `${least.change.value < 0 ? 'The loss is lowest' : 'Least is lost'} without ${named(least)}${open.length > 0 ? ', which may be nothing' : ''}.`;
  return `${head}${dear}${unmeasured(drop, pool)}`;
}

/** "What would one more buy, added to these?" Empty where none is left, or no such merge is measured. */
export function addSentence({ add }: Neighbours, pool: readonly string[]): string {
  const [best] = measured(add, pool);
  if (!best) return '';
  const head = isBetter(best.change)
    ? `Most with ${named(best)}.`
    : isWorse(best.change)
      ? `Nothing: even ${named(best)} makes it worse.`
      : `${isOpen(best.change) ? 'Perhaps nothing: the best is' : 'The best is'} ${named(best)}.`;
  return `${head}${unmeasured(add, pool)}`;
}

/** What one expert's going or coming would do to the recommended subset; empty where that is not measured. */
export function neighbourSentence(neighbours: Neighbours, expert: number): string {
  const inside = neighbours.drop.find((each) => each.expert === expert);
  const change = (inside ?? neighbours.add.find((each) => each.expert === expert))?.change;
  if (!change) return '';
  const verb = inside ? 'Dropping it from' : 'Adding it to';
  return `${verb} the recommended subset changes the loss by ${changeText(change)}${isOpen(change) ? ', which may be nothing' : ''}.`;
}

/** Lowest loss first. */
function measured(neighbours: readonly Neighbour[], pool: readonly string[]): readonly Told[] {
  return neighbours
    .flatMap(({ expert, change }) => (change ? [{ expert: pool[expert] ?? '?', change }] : []))
    .sort((a, b) => a.change.value - b.change.value);
}

function unmeasured(neighbours: readonly Neighbour[], pool: readonly string[]): string {
  const names = neighbours.flatMap(({ expert, change }) => (change ? [] : [pool[expert] ?? '?']));
  return names.length === 0 ? '' : ` Not measured: ${nameList(names, 4)}.`;
}

function named({ expert, change }: Told): string {
  return `${plain(expert, 40)}, ${changeText(change)}`;
}

function changeText(change: Estimated): string {
  return estimated(change, signed);
}

function isBetter({ high }: Estimated): boolean {
  return high !== null && high < 0;
}

function isWorse({ low }: Estimated): boolean {
  return low !== null && low > 0;
}

/** The samples do not say which way it goes. */
function isOpen({ low, high }: Estimated): boolean {
  return low !== null && high !== null && low <= 0 && high >= 0;
}
