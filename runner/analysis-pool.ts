/** One analysis worker a store, whoever asks: the experiments of a folder share their results. */
import { Analysis } from './analysis.ts';

export class AnalysisPool {
  readonly #shared = new Map<string, { readonly analysis: Analysis; users: number }>();

  /** Of the experiments of a folder, which share a store. Give it back with `release`. */
  take(store: string, folder: string): Analysis {
    const known = this.#shared.get(store) ?? { analysis: new Analysis({ store, folder }), users: 0 };
    known.users += 1;
    this.#shared.set(store, known);
    return known.analysis;
  }

  /** The last one to give it back ends it. */
  async release(store: string): Promise<void> {
    const known = this.#shared.get(store);
    if (!known) return;
    known.users -= 1;
    if (known.users > 0) return;
    this.#shared.delete(store);
    await known.analysis.dispose();
  }
}
