/** Where the page begins: in a webview it asks its host for a state, as a file it has one. */
import { EXPERIMENT_ELEMENT, STATE_ELEMENT } from '../html.ts';
import { CONTRACT } from '../messages.ts';
import { Dashboard } from './dashboard.ts';
import { EditorHost, type VsCodeApi } from './host/editor-host.ts';
import { FileHost } from './host/file-host.ts';
import { decodeState } from './state/decode-state.ts';

declare const acquireVsCodeApi: (() => VsCodeApi) | undefined;

const root = document.getElementById('merge-lab');
const embedded = document.getElementById(STATE_ELEMENT)?.textContent ?? null;

if (root && embedded !== null) {
  const host = new FileHost(decodeState(embedded));
  const dashboard = new Dashboard(root, host, true);
  host.listen((message) => dashboard.receive(message));
} else if (root && typeof acquireVsCodeApi === 'function') {
  const experiment = document.querySelector<HTMLMetaElement>(`meta[name=${EXPERIMENT_ELEMENT}]`)?.content;
  const host = new EditorHost(acquireVsCodeApi(), experiment ?? '');
  const dashboard = new Dashboard(root, host, false);
  host.listen((message) => dashboard.receive(message));
  host.send({ kind: 'ready', contract: CONTRACT });
}
