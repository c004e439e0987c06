import { existsSync } from 'node:fs';
import path from 'node:path';
import { managedPython } from './managed-environment.ts';
import { pythonIn } from './setup/python.mjs';
import { userHome } from './store-folder.ts';

/** Which interpreter runs the agent, and why that one. Whether it works is not known yet. */
export type AgentPython =
  | { readonly kind: 'named' | 'env' | 'checkout' | 'managed'; readonly python: string }
  | { readonly kind: 'none'; readonly python: null };

export interface FindOptions {
  /** By a setting or an argument; null or empty where it names none. */
  readonly named?: string | null;
  readonly env?: NodeJS.ProcessEnv;
  /** Instead of `~/.merge-lab`. */
  readonly home?: string;
  /** A checkout whose `.venv` counts; null: none. Left out: the one that this file lies in, if it does. */
  readonly checkout?: string | null;
}

/**
 * In this order: named, `MERGE_LAB_PYTHON`, the checkout's `.venv`, the managed environment. What is named counts
 * even where it is missing: taking another one would hide the mistake. Starts no process.
 */
export function findAgentPython(options: FindOptions = {}): AgentPython {
  const env = options.env ?? process.env;
  const checkout = options.checkout === undefined ? ownCheckout() : options.checkout;
  const own = checkout === null ? null : pythonIn(path.join(checkout, '.venv'));
  if (options.named) return { kind: 'named', python: options.named };
  const byEnv = env['MERGE_LAB_PYTHON'];
  // Commands run through npm name the checkout's own in this way.
  if (byEnv) return { kind: byEnv === own ? 'checkout' : 'env', python: byEnv };
  if (own !== null && existsSync(own)) return { kind: 'checkout', python: own };
  const managed = managedPython(userHome(options.home ?? env['MERGE_LAB_HOME']));
  return managed === null ? { kind: 'none', python: null } : { kind: 'managed', python: managed };
}

/** Null in a bundle that has no folder of its own. */
function ownCheckout(): string | null {
  const here: string | undefined = import.meta.dirname;
  return here === undefined ? null : path.join(here, '..');
}
