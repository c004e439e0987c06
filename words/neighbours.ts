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
  const head = leastLost(told, least, told.length === drop.length);
  return `${ofThose(told, drop, head)}.${dear}${unmeasured(drop, pool)}`;
}

function leastLost(told: readonly Told[], least: Told, all: boolean): string {
  const open = told.filter(({ change }) => isOpen(change)).map(({ expert }) => expert);
  if (isBetter(least.change)) return `the loss falls without ${named(least)}`;
  if (isWorse(least.change)) return `${all ? 'none for nothing: ' : ''}least is lost without ${named(least)}`;
  const perhaps = open.length > 0 ? ', which may be nothing' : '';
  if (open.length > 1) return `any one of ${nameList(open, 6)} may cost nothing: without ${named(least)}`;
  return `${least.change.value < 0 ? 'the loss is lowest' : 'least is lost'} without ${named(least)}${perhaps}`;
}

/** "What would one more buy, added to these?" Empty where none is left, or no such merge is measured. */
export function addSentence({ add }: Neighbours, pool: readonly string[]): string {
  const told = measured(add, pool);
  const [best] = told;
  if (!best) return '';
  const head = isBetter(best.change)
    ? `most with ${named(best)}`
    : isWorse(best.change)
      ? `${told.length === add.length ? 'nothing: ' : ''}even ${named(best)} makes it worse`
      : `${isOpen(best.change) ? 'perhaps nothing: the best is' : 'the best is'} ${named(best)}`;
  return `${ofThose(told, add, head)}.${unmeasured(add, pool)}`;
}

/** A sentence about all of them, or about those that are measured. */
function ofThose(told: readonly Told[], all: readonly Neighbour[], text: string): string {
  if (told.length < all.length) return `Of those measured (${told.length} of ${all.length}), ${text}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
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
