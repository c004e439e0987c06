/** A VS Code window as a person has it: opens files, presses keys, reads what is on the screen. Nothing sleeps. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchChromium } from '../chromium.ts';
import { root } from './installed.ts';
import { Life } from './life.ts';
import type { Profile } from './profile.ts';
import { VsCodeServer } from './server.ts';
import { type Theme, themes } from './themes.ts';
import { until } from './until.ts';
import { openPage, usualSize, type WindowSize } from './window.ts';

/** Of keys that nothing answers, before they are pressed again. */
const PATIENCE_MS = 2_000;

/** Texts that are shown in lines but are not in the file. */
const INLAY = 'span[class*="dyn-rule"]';

export interface WorkbenchOptions {
  /** Of its logs and screenshots. */
  readonly name: string;
  readonly profile: Profile;
  /** A folder of installed extensions; the profile's own unless said. */
  readonly extensions?: string;
  /** Null for a window without a folder. */
  readonly folder: string | null;
  readonly file?: string;
  readonly trust?: boolean;
  readonly size?: WindowSize;
  readonly env?: Readonly<Record<string, string>>;
}

export class Workbench {
  readonly page: Page;
  readonly server: VsCodeServer;
  readonly profile: Profile;
  readonly browser: Browser;
  readonly #life: Life;
  readonly #name: string;
  #folder: string | null = null;

  private constructor(
    parts: { page: Page; server: VsCodeServer; profile: Profile; browser: Browser },
    life: Life,
    name: string,
  ) {
    this.page = parts.page;
    this.server = parts.server;
    this.profile = parts.profile;
    this.browser = parts.browser;
    this.#life = life;
    this.#name = name;
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const window = await Workbench.start(options);
    try {
      await window.goto(options.folder, options.file);
      return window;
    } catch (error) {
      await window.close();
      throw error;
    }
  }

  /** Server and browser, side by side; what the window shows is for `goto` to say. */
  static async start(options: Omit<WorkbenchOptions, 'folder' | 'file'>): Promise<Workbench> {
    const life = new Life();
    const { profile, name } = options;
    const starting = [
      VsCodeServer.start({
        profile,
        name,
        ...(options.extensions === undefined ? {} : { extensions: options.extensions }),
        ...(options.trust ? { trust: true } : {}),
        ...(options.env ? { env: options.env } : {}),
      }).then((server) => {
        life.defer(() => server.stop());
        return server;
      }),
      launchChromium().then((browser) => {
        life.defer(() => browser.close());
        return browser;
      }),
    ] as const;
    try {
      const [server, browser] = await Promise.all(starting);
      const page = await openPage(browser, name, options.size ?? usualSize);
      return new Workbench({ page, server, profile, browser }, life, name);
    } catch (error) {
      await Promise.allSettled(starting);
      await life.end();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#life.end();
  }

  /** Another window of the same server, e.g. a second one on the same folder. */
  async another(folder: string | null, file?: string): Promise<Workbench> {
    const page = await openPage(this.browser, `${this.#name}-second`);
    const parts = { page, server: this.server, profile: this.profile, browser: this.browser };
    const window = new Workbench(parts, new Life(), this.#name);
    window.#life.defer(() => page.context().close());
    await window.goto(folder, file);
    return window;
  }

  async goto(folder: string | null, file?: string): Promise<void> {
    this.#folder = folder;
    const open = file === undefined ? [] : [['openFile', this.server.remote(file)] as const];
    await this.page.goto(this.server.address(folder, open));
    await this.ready();
    if (file !== undefined) await this.editor.locator('.view-line').first().waitFor();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Until the window stands. */
  async ready(): Promise<void> {
    await this.page.locator('div.monaco-workbench').waitFor();
    await this.page.locator('.statusbar-item').first().waitFor();
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  // Commands and what asks in between

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Rows of the picker that is open. */
  get picks(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** By the palette, by its title as the palette shows it. */
  async command(title: string): Promise<void> {
    const input = await this.ask('F1');
    await input.fill(`>${title}`);
    await this.row(title).click();
  }

  /** Whether the palette has such a command now. */
  async offers(title: string): Promise<boolean> {
    const input = await this.ask('F1');
    await input.fill(`>${title}`);
    // There is always one that is similar.
    await this.picks.first().waitFor();
    const found = await this.row(title).isVisible();
    await this.press('Escape');
    return found;
  }

  /** The box that these keys open. A page that was just shown in the window may swallow the first ones. */
  async ask(keys: string): Promise<Locator> {
    const input = this.quickInput.locator('input[type="text"]');
    for (let tries = 0; !(await input.isVisible()); tries += 1) {
      // What just closed may still hold the keys.
      if (tries > 0) await this.press('Escape');
      await this.press(keys);
      await input.waitFor({ timeout: PATIENCE_MS }).catch((error: unknown) => {
        if (tries === 4) throw error;
      });
    }
    return input;
  }

  /** The row of the open picker with this label. */
  row(label: string, state = ''): Locator {
    const row = `.monaco-list-row${state}`;
    const [whole, described] = [JSON.stringify(label), JSON.stringify(`${label},`)];
    return this.quickInput.locator(`${row}[aria-label=${whole}], ${row}[aria-label^=${described}]`).first();
  }

  /** Picks the row of the open picker that holds these words. */
  async pick(words: string | RegExp): Promise<void> {
    await this.picks.filter({ hasText: words }).first().click();
  }

  /** Types into the box that asks, and enters it; of a picker, when it has come to the row that is meant. */
  async answer(text: string, row?: string, limitMs?: number): Promise<void> {
    const input = this.quickInput.locator('input[type="text"]');
    const isAsked = async (): Promise<boolean> => {
      // The palette, which uses the same box, is still closing.
      if (!(await input.isVisible()) || (await input.inputValue()).startsWith('>')) return false;
      if ((await input.inputValue()) !== text) await input.fill(text);
      return row === undefined || (await this.row(row, '.focused').isVisible());
    };
    await until(`a question to answer with "${text}"`, isAsked, limitMs);
    await input.press('Enter');
  }

  // Editors

  /** By quick open, by its path in the workspace. */
  async openFile(name: string): Promise<void> {
    await this.ask('ControlOrMeta+P');
    // By its whole path: of names alike, the list puts now one first, now the other.
    await this.answer(path.join(this.#folder ?? '', name), path.basename(name));
    await this.tab(path.basename(name)).waitFor();
  }

  tab(name: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: name });
  }

  async closeEditors(): Promise<void> {
    await this.command('View: Close All Editors');
    // The editor's text goes a little after its tab.
    const left = this.page.locator('.tabs-container .tab, .editor-instance .view-line');
    await until('no editor', async () => (await left.count()) === 0);
  }

  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
  }

  /** A line on the screen, by words in it; in a pattern, a space is `\\s`. */
  line(words: string | RegExp): Locator {
    return this.editor.locator('.view-line', { hasText: words }).first();
  }

  /** What is above lines and can be clicked. */
  async codeLenses(): Promise<string[]> {
    return spaced(await this.editor.locator('.codelens-decoration a').allInnerTexts());
  }

  codeLens(words: string | RegExp): Locator {
    return this.editor.locator('.codelens-decoration a', { hasText: words }).first();
  }

  get inlayHints(): Locator {
    return this.editor.locator(`.view-line ${INLAY}`, { hasText: /\S/ });
  }

  /** By words in it, as a string: its spaces are of a kind that no pattern expects. */
  hint(words: string): Locator {
    return this.inlayHints.filter({ hasText: words }).first();
  }

  /** All of what is shown in a line beside its own text. */
  async hintsIn(line: string | RegExp): Promise<string> {
    const parts = this.line(line).locator(INLAY);
    return spaced(await parts.allInnerTexts()).join('');
  }

  /** The hover over a word in a line: a whole token, as the editor colours them. */
  async hover(line: string | RegExp, word: string): Promise<Locator> {
    const at = this.line(line)
      .locator(`span:text(${JSON.stringify(word)})`)
      .last();
    return this.hoverOver(at);
  }

  /** The hover over anything in the editor. */
  async hoverOver(what: Locator): Promise<Locator> {
    await what.hover();
    const box = await what.boundingBox();
    // A mouse that comes from nowhere is not noticed by hints.
    if (box)
      await this.page.mouse.move(box.x + Math.min(box.width / 2, 20), box.y + box.height / 2, { steps: 4 });
    const hover = this.page.locator('.monaco-hover:visible .hover-contents').first();
    await hover.waitFor();
    return hover;
  }

  get suggestions(): Locator {
    return this.page.locator('.suggest-widget.visible .monaco-list-row');
  }

  /** Clicks behind a line's last letter. */
  async cursorAtEndOf(line: string | RegExp): Promise<void> {
    await this.line(line).click();
    await this.press('End');
  }

  // Around the editor

  statusBar(words: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: words });
  }

  notification(words: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: words });
  }

  dialog(words: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: words });
  }

  /** Whichever of the two says it. */
  dialogOrNotification(words: string | RegExp): Locator {
    return this.dialog(words).or(this.notification(words)).first();
  }

  /** Rows of a view of a side bar. */
  view(title: string | RegExp): Locator {
    return this.page.locator('.pane', { has: this.page.locator('.pane-header', { hasText: title }) });
  }

  /** The page inside the webview that is seen. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  async theme(theme: Theme): Promise<void> {
    const { label, kind } = themes[theme];
    await until(`the theme ${label}`, async () => {
      await this.command('Preferences: Color Theme');
      // A list that was opened too early has none yet.
      const listed = await this.answer(label, label, PATIENCE_MS).then(
        () => true,
        () => false,
      );
      if (!listed) await this.press('Escape');
      return listed;
    });
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Of the whole window, or of a part of it, into `.tools/screenshots`. @returns its path */
  async screenshot(name: string, part?: Locator): Promise<string> {
    const folder = path.join(root, '.tools', 'screenshots');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${name}.png`);
    await (part ?? this.page).screenshot({ path: file, animations: 'disabled' });
    return file;
  }
}

/** VS Code writes with spaces that do not break. */
function spaced(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll('\u00a0', ' '));
}
