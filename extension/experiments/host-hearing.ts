import type { HostView } from '../../core/hosts/host-view.ts';
import { type Problem, problemOf } from '../../core/problem.ts';
import type { PlanId } from '../../core/store/format.ts';
import { openTarget } from '../../runner/hosts/open-target.ts';
import type { Target } from '../../runner/target.ts';

export interface Heard {
  readonly host: string;
  /** The copy of its store. */
  readonly store: string;
  readonly plan: PlanId;
}

/** Brings the news of one plan here from its host, whoever started what goes on there, and says how that goes. */
export class HostHearing implements AsyncDisposable {
  readonly #target: Target;
  readonly #abort = new AbortController();
  readonly #heard: Heard;
  #link: HostView['link'] = 'connected';

  /** Reaches for nothing yet. Throws as `openTarget` does. */
  constructor(heard: Heard) {
    this.#heard = heard;
    this.#target = openTarget(heard.host, { signal: this.#abort.signal });
  }

  get link(): HostView['link'] {
    return this.#link;
  }

  /** All that is known there is here then. Throws what keeps it from that. */
  async catchUp(): Promise<void> {
    await this.#target.sync(this.#heard.store, this.#heard.plan);
  }

  /** Goes on until it is disposed. `changed` is told of each new `link`; with a problem where no news can come any more. */
  begin(changed: (problem?: Problem) => void): void {
    const { store, plan } = this.#heard;
    const { broken } = this.#target.follow(store, plan, (away) => {
      this.#link = away ? 'reconnecting' : 'connected';
      changed();
    });
    broken.catch((error: unknown) => {
      if (!this.#abort.signal.aborted) changed(problemOf(error));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#target.dispose();
  }
}
