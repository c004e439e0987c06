/** The dashboard in Chromium, as a file of its own or with a host played by the test; whatever it complains of is kept. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { buildWebview } from '../../../scripts/build/webview.ts';
import { encodeState } from '../../../webview/encoded-state.ts';
import { dashboardHtml } from '../../../webview/html.ts';
import type { DashboardState, FromPage, ToPage } from '../../../webview/messages.ts';
import { launchChromium } from '../../chromium.ts';
import { stateMessage } from '../synthetic-report.ts';

export const THEMES = [
  'vscode-light',
  'vscode-dark',
  'vscode-high-contrast',
  'vscode-high-contrast-light',
] as const;
export type Theme = (typeof THEMES)[number];

/** Of pages with a host. */
export const EXPERIMENT = 'file:///home/me/nine.mergelab.yaml';

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, violations of the page's policy, and requests that left the machine. */
  readonly complaints: string[];
  /** Of a page with a host: what it has sent. */
  sent(): Promise<FromPage[]>;
  post(message: ToPage): Promise<void>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  /** What an earlier life of the page has kept. */
  readonly kept?: object | null;
}

export class DashboardPages {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'merge-lab-dashboard-'));
  #browser: Browser | null = null;
  #script = '';
  #style = '';
  #count = 0;

  async start(): Promise<void> {
    const built = path.join(this.#folder, 'built');
    await buildWebview(built);
    this.#script = readFileSync(path.join(built, 'dashboard.js'), 'utf8');
    this.#style = readFileSync(path.join(built, 'dashboard.css'), 'utf8');
    this.#browser = await launchChromium();
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** As `merge-lab report --html` writes it. */
  async openFile(state: DashboardState, options: OpenOptions = {}): Promise<Opened> {
    return this.#open(encodeState({ ...state, host: 'file' }), options, '');
  }

  /** As in VS Code: it has said that it is ready, and has no state yet unless one is given. */
  async openHosted(state: DashboardState | null, options: OpenOptions = {}): Promise<Opened> {
    const opened = await this.#open(null, options, hostScript(options.kept ?? null));
    if (state) {
      await opened.post(stateMessage(state));
      await opened.page.waitForSelector('body.ready');
    }
    return opened;
  }

  async #open(
    state: string | null,
    { width = 1200, height = 900 }: OpenOptions,
    init: string,
  ): Promise<Opened> {
    if (!this.#browser) throw new Error('call start first');
    this.#count += 1;
    const file = path.join(this.#folder, `page-${this.#count}.html`);
    writeFileSync(
      file,
      dashboardHtml({
        title: 'Dashboard',
        script: { text: this.#script },
        styles: [{ text: this.#style }],
        nonce: 'test',
        source: null,
        experiment: state === null ? EXPERIMENT : null,
        state,
      }),
    );
    const page = await this.#browser.newPage({ viewport: { width, height }, acceptDownloads: true });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`);
    });
    await page.addInitScript(
      `window.violations = []; addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample)); ${init}`,
    );
    await page.goto(pathToFileURL(file).href);
    if (state !== null) await page.waitForSelector('body.ready');
    return {
      page,
      complaints,
      sent: () => page.evaluate('window.sent'),
      post: (message) => page.evaluate(`window.deliver(${serialised(message)})`),
    };
  }
}

/** What `acquireVsCodeApi` gives in a webview, and the tokens that VS Code would set. */
function hostScript(kept: object | null): string {
  return `
    window.sent = [];
    window.kept = ${JSON.stringify(kept)};
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.sent.push(message),
      getState: () => window.kept,
      setState: (value) => { window.kept = value; },
    });
    window.deliver = (message) => window.postMessage(message, '*');
    document.addEventListener('DOMContentLoaded', () => {
      document.documentElement.classList.add('own-page');
      document.body.classList.add('vscode-dark');
    });
  `;
}

/** A message as an expression: its typed arrays arrive as such, as they do in VS Code. */
function serialised(message: ToPage): string {
  const text = JSON.stringify(message, (_, value: unknown) =>
    ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? { array: value.constructor.name, values: [...(value as Float64Array)] }
      : value,
  );
  return `JSON.parse(${JSON.stringify(text)}, (_, value) => value && value.array ? new globalThis[value.array](value.values) : value)`;
}

export async function setTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(`(() => {
    document.body.classList.remove(${THEMES.map((name) => `'${name}'`).join(', ')});
    document.body.classList.add('${theme}');
    document.body.dataset.vscodeThemeKind = '${theme}';
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  })()`);
}

/** Everything the page has done wrong so far. */
export async function complaintsOf({ page, complaints }: Opened): Promise<string[]> {
  const violations: string[] = await page.evaluate('window.violations');
  return [...complaints, ...violations];
}

/** Every panel drawn: charts wait until they are near the window. */
export async function drawAll(page: Page): Promise<void> {
  await page.evaluate(
    `for (const name of ['beforeprint', 'afterprint']) window.dispatchEvent(new Event(name))`,
  );
}
