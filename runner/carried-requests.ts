import type { MergeRequest } from '../core/design/merge-request.ts';
import { isRequest, requestsOf } from '../core/design/requests.ts';
import type { Sweep } from '../core/design/sweep.ts';
import type { Plan } from '../core/store/format.ts';
import { goodPlans } from './plan-files.ts';

/**
 * What was asked for beyond the sweep, so that it outlives an edit of the file: of the plan in the store whose design is
 * most like this one. That one alone, since other experiments of the folder have their own; of plans with the same
 * design the one that has grown most.
 */
export function carriedRequests(store: string, sweep: Sweep): readonly MergeRequest[] {
  const plans = goodPlans(store);
  if (!plans.some(({ lines }) => lines.some(isRequest))) return [];
  const asked = designKeys(sweep);
  const rated = plans.map((plan) => ({
    plan,
    likeness: likeness(asked, designKeys(plan)),
    asked: grown(plan),
  }));
  const [best] = rated.sort((a, b) => b.likeness - a.likeness || b.asked - a.asked);
  return best && best.likeness > 0 ? requestsOf(best.plan, sweep.header) : [];
}

function designKeys({ lines }: Sweep): ReadonlySet<string> {
  return new Set(lines.flatMap(({ purpose, key }) => (purpose.includes('design') ? [key] : [])));
}

/** Shared merges of all that either has: 1 where the designs are the same. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let both = 0;
  for (const key of one) if (other.has(key)) both += 1;
  return both / Math.max(1, one.size + other.size - both);
}

function grown({ lines }: Plan): number {
  return lines.filter(isRequest).length;
}
