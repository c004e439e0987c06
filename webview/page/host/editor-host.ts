import type { FromPage, ToPage } from '../../messages.ts';
import type { Host } from './host.ts';

export interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(value: object): void;
}

export class EditorHost implements Host {
  readonly isStill = false;
  readonly #api: VsCodeApi;
  readonly #experiment: string;

  /** @param experiment URI that the extension restores the panel by: kept at once, since a window may reload at any moment */
  constructor(api: VsCodeApi, experiment: string) {
    this.#api = api;
    this.#experiment = experiment;
    this.keep(api.getState() ?? {});
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
    this.#api.setState({ ...value, uri: this.#experiment });
  }
}
