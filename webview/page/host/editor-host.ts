import type { FromPage, ToPage } from '../../messages.ts';
import type { Host } from './host.ts';

export interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(value: object): void;
}

export class EditorHost implements Host {
  readonly #api: VsCodeApi;

  constructor(api: VsCodeApi) {
    this.#api = api;
  }

  listen(receive: (message: ToPage) => void): void {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'object' && data !== null && 'kind' in data) receive(data as ToPage);
    });
  }

  send(message: FromPage): void {
    this.#api.postMessage(message);
  }

  kept(): unknown {
    return this.#api.getState();
  }

  keep(value: object): void {
    this.#api.setState(value);
  }
}
