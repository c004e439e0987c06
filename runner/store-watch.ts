/** Says when a store has new results: by handle while a run goes on, by file events otherwise, and by looking now and then. */
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { ResultFiles } from './result-files.ts';

/** Of files held open, while a run goes on: whatever the file system says of changes. */
const ACTIVE_MS = 50;
/** Of the folder, since events of network mounts cannot be trusted. */
const LOOK_MS = 2_000;

export class StoreWatch implements Disposable {
  readonly #files: ResultFiles;
  readonly #folder: string;
  readonly #onChange: () => void;
  #watcher: FSWatcher | null = null;
  #timers: NodeJS.Timeout[] = [];
  #disposed = false;

  constructor(store: string, feed: (file: string, chunk: Uint8Array) => void, onChange: () => void) {
    this.#folder = path.join(store, 'results');
    this.#files = new ResultFiles(this.#folder, feed);
    this.#onChange = onChange;
  }

  /** Reads what is there now. */
  readAll(): void {
    this.#files.scan();
  }

  /** From here on `onChange` is called after new bytes were fed. */
  start(): void {
    if (this.#watcher || this.#disposed) return;
    this.#watcher = watch(this.#folder, {
      depth: 0,
      ignoreInitial: true,
      ignored: (file) => /[/\\]\.[^/\\]*$/.test(file),
    });
    const scan = (): void => this.#look(() => this.#files.scan());
    this.#watcher.on('add', scan).on('change', scan);
    // Without events there is still the look every two seconds.
    this.#watcher.on('error', () => {});
    this.#timers = [
      setInterval(() => this.#look(() => this.#files.poll()), ACTIVE_MS),
      setInterval(scan, LOOK_MS),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    void this.#watcher?.close();
    this.#watcher = null;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.stop();
    this.#files.dispose();
  }

  #look(read: () => boolean): void {
    if (!this.#disposed && read()) this.#onChange();
  }
}
