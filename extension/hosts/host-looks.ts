/** What was seen of each host when the user looked at it last: nobody is asked unless somebody wants to know. */
import * as vscode from 'vscode';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import { type Problem, problemOf } from '../../core/problem.ts';
import { lookAtHost } from '../../runner/hosts/host-state.ts';

export interface HostLook {
  readonly isLooking: boolean;
  /** Milliseconds since 1970; with the facts of that time. Null for never. */
  readonly seen: { readonly at: number; readonly facts: HostFacts } | null;
  /** Why the last look saw nothing. */
  readonly problem: Problem | null;
}

const NEVER: HostLook = { isLooking: false, seen: null, problem: null };
const KEPT = 'mergeLab.hostLooks.1';

export class HostLooks implements vscode.Disposable {
  readonly #kept: vscode.Memento;
  readonly #looks: Map<string, HostLook>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  /** Remembers what was seen in windows to come. */
  constructor(kept: vscode.Memento) {
    this.#kept = kept;
    const seen = kept.get<Record<string, HostLook['seen']>>(KEPT, {});
    this.#looks = new Map(Object.entries(seen).map(([name, each]) => [name, { ...NEVER, seen: each }]));
  }

  of(name: string): HostLook {
    return this.#looks.get(name) ?? NEVER;
  }

  /** @returns why it saw nothing, else null */
  async look(name: string, signal: AbortSignal): Promise<Problem | null> {
    const before = this.of(name);
    this.#set(name, { ...before, isLooking: true, problem: null });
    try {
      const { facts } = await lookAtHost(name, signal);
      this.#set(name, { isLooking: false, seen: { at: Date.now(), facts }, problem: null });
      await this.#keep();
      return null;
    } catch (error) {
      const problem = problemOf(error);
      const isTold = problem.code !== 'cancelled';
      this.#set(name, { ...before, isLooking: false, problem: isTold ? problem : before.problem });
      return problem;
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #set(name: string, look: HostLook): void {
    this.#looks.set(name, look);
    this.#changed.fire();
  }

  async #keep(): Promise<void> {
    const seen = [...this.#looks].flatMap(([name, look]) => (look.seen ? [[name, look.seen]] : []));
    await this.#kept.update(KEPT, Object.fromEntries(seen));
  }
}
