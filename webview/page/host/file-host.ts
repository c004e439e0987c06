/** A page of its own: its state is part of it, and it saves and copies by itself. */
import { CONTRACT, type DashboardState, type FromPage, type ToPage } from '../../messages.ts';
import type { Host } from './host.ts';

const KEY = 'merge-lab';

export class FileHost implements Host {
  readonly isStill = true;
  readonly #state: DashboardState;

  constructor(state: DashboardState) {
    this.#state = state;
  }

  listen(receive: (message: ToPage) => void): void {
    receive({ kind: 'state', contract: CONTRACT, state: this.#state });
  }

  /** What only an editor can do is never offered here, and does nothing. */
  send(message: FromPage): void {
    switch (message.kind) {
      case 'copy_text':
        void copy(message.text);
        return;
      case 'save':
        save(message.name, message.type, message.data);
        return;
      case 'copy_subset': {
        const pool = this.#state.report?.pool ?? [];
        if (message.as === 'names') void copy(message.merge.members.map((d) => pool[d] ?? '').join(', '));
        return;
      }
      default:
        return;
    }
  }

  kept(): unknown {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? 'null');
    } catch {
      // Browsers may forbid a file to keep anything.
      return null;
    }
  }

  keep(value: object): void {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // As above: the page then starts afresh after a reload.
    }
  }

  get #key(): string {
    return `${KEY} ${this.#state.report?.plan ?? this.#state.name}`;
  }
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Some browsers allow only this to a page from a file.
    const focused = document.activeElement;
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}

function save(name: string, type: 'csv' | 'png', data: string): void {
  const blob = type === 'csv' ? new Blob([data], { type: 'text/csv;charset=utf-8' }) : pngBlob(data);
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold of the blob by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function pngBlob(url: string): Blob {
  const text = atob(url.replace(/^data:image\/png;base64,/, ''));
  return new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], { type: 'image/png' });
}
