/** A chart with everything around it: legend, buttons, tip, and the same numbers as a table. */
import { html, nothing, render } from 'lit';
import { csv } from '../../../words/csv.ts';
import { iconButton } from '../controls/buttons.ts';
import type { Figure, Tip } from '../figures/figure.ts';
import type { Page } from '../page.ts';
import type { Zoom } from '../state/ui-state.ts';
import { whenIdle } from '../when-idle.ts';
import { CanvasChart } from './canvas-chart.ts';
import { dataTable } from './data-table.ts';
import { chartKey, KEYS_HELP } from './keyboard.ts';
import { type LegendItem, legend, legendItems } from './legend.ts';
import { picture } from './picture.ts';
import type { Pointed } from './plugins/pointer.ts';
import type { Swatch } from './swatch.ts';
import { TipBox, tipText } from './tip.ts';

export interface FrameOptions {
  /** Of the chart, in the reader's settings and in names of saved files. */
  readonly id: string;
  /** `tall`, `middle`, or as many lines as there are bars. */
  readonly height: 'tall' | 'middle' | 'bars';
  /** Row of the merge that was clicked. */
  readonly onPick?: (merge: number) => void;
}

export class ChartFrame {
  readonly element = document.createElement('figure');
  readonly #page: Page;
  readonly #options: FrameOptions;
  readonly #canvas: CanvasChart;
  readonly #plot = document.createElement('div');
  readonly #tip = new TipBox();
  #figure: Figure | null = null;
  #scope = '';
  #at: Pointed | null = null;
  /** Near the window: what is not looked at is not drawn. */
  #near = false;
  /** What is on the canvas: nothing is drawn again that has not changed. */
  #last: readonly unknown[] = [];

  constructor(page: Page, options: FrameOptions) {
    this.#page = page;
    this.#options = options;
    this.#canvas = new CanvasChart({
      pointed: (at) => this.#point(at),
      clicked: (at) => this.#pick(at),
      zoomed: (zoom) => this.#zoom({ scope: this.#scope, ...zoom }),
    });
    this.#canvas.canvas.addEventListener('keydown', (event) => this.#key(event));
    this.#canvas.canvas.addEventListener('pointerleave', () => this.#point(null));
    this.#canvas.canvas.addEventListener('blur', () => {
      this.#point(null);
      this.#canvas.mark(null);
    });
    this.#canvas.canvas.setAttribute('aria-description', KEYS_HELP);
    this.#plot.className = `plot ${options.height}`;
    this.#plot.append(this.#canvas.canvas, this.#tip.element);
    this.element.className = 'chart';
    new IntersectionObserver((entries) => this.#sight(entries.some(({ isIntersecting }) => isIntersecting)), {
      rootMargin: '200px',
    }).observe(this.element);
    window.addEventListener('beforeprint', () => this.#sight(true));
    page.onTheme(() => this.#draw());
  }

  /** @param scope what is looked at; a zoom holds for one scope only */
  update(figure: Figure, scope: string): void {
    if (scope !== this.#scope) this.#point(null);
    this.#figure = figure;
    this.#scope = scope;
    if (this.#options.height === 'bars' && figure.kind === 'bars') {
      const rows = Math.min(64, Math.max(3, figure.bars.length));
      this.#plot.style.height = `${rows * 26 + 56}px`;
    }
    this.#frame();
    this.#draw();
    if (this.#page.host.isStill) whenIdle(() => this.#drawUnseen());
  }

  #frame(): void {
    const figure = this.#figure;
    if (!figure) return;
    const asTable = this.#asTable;
    render(
      html`<div class="chart-head">
          <div class="chart-legend">
            ${
              asTable
                ? nothing
                : legend(
                    this.#items(figure),
                    (id) => this.#shown(id),
                    (id) => this.#toggle(id),
                  )
            }
          </div>
          <div class="chart-buttons" role="group" aria-label="Chart">
            ${this.#zoomed && !asTable ? iconButton('reset', 'Reset zoom', () => this.#zoom(null)) : nothing}
            ${iconButton(asTable ? 'chart' : 'table', asTable ? 'Show as chart' : 'Show as table', () => this.#switch())}
            ${iconButton('copy', 'Copy as CSV', () => this.#copy())}
            ${iconButton('picture', 'Save as PNG', () => this.#save())}
          </div>
        </div>
        <div ?hidden=${asTable}>${this.#plot}</div>
        ${asTable ? dataTable(figure) : nothing}`,
      this.element,
    );
  }

  #draw(): void {
    const { palette, ui } = this.#page;
    if (!this.#figure || !this.#near || this.#asTable) return;
    const now = [this.#figure, palette, ui.shown[this.#options.id], this.#zoomed];
    if (now.every((part, i) => part === this.#last[i])) return;
    this.#last = now;
    this.#canvas.draw({ figure: this.#figure, palette, shown: (id) => this.#shown(id) }, this.#zoomed);
  }

  /** A page that stands still is whole, whoever takes a picture of all of it. */
  #drawUnseen(): void {
    const near = this.#near;
    this.#near = true;
    this.#draw();
    this.#near = near;
  }

  #sight(seen: boolean): void {
    this.#near = seen;
    this.#draw();
  }

  get #asTable(): boolean {
    return this.#page.ui.tables.includes(this.#options.id);
  }

  get #zoomed(): Zoom | null {
    const zoom = this.#page.ui.zoom[this.#options.id];
    return zoom && zoom.scope === this.#scope ? zoom : null;
  }

  #items(figure: Figure): LegendItem[] {
    return legendItems(figure);
  }

  #shown(id: string): boolean {
    const set = this.#page.ui.shown[this.#options.id]?.[id];
    if (set !== undefined) return set;
    return !(this.#figure && legendItems(this.#figure).find((item) => item.id === id)?.startsHidden);
  }

  #toggle(id: string): void {
    const { shown } = this.#page.ui;
    const mine = { ...shown[this.#options.id], [id]: !this.#shown(id) };
    this.#page.store.set({ shown: { ...shown, [this.#options.id]: mine } });
  }

  #zoom(zoom: Zoom | null): void {
    const { [this.#options.id]: _, ...others } = this.#page.ui.zoom;
    this.#page.store.set({ zoom: zoom ? { ...others, [this.#options.id]: zoom } : others });
  }

  #switch(): void {
    const { id } = this.#options;
    const { tables } = this.#page.ui;
    this.#page.store.set({ tables: this.#asTable ? tables.filter((name) => name !== id) : [...tables, id] });
  }

  #copy(): void {
    if (!this.#figure) return;
    this.#page.host.send({ kind: 'copy_text', text: csv(this.#figure.table.csv) });
    this.#page.say('Copied as CSV.');
  }

  /** A chart that was never drawn, or is seen as a table, is drawn for it. */
  #save(): void {
    const figure = this.#figure;
    if (!figure) return;
    const { palette } = this.#page;
    const asTable = this.#asTable;
    if (asTable) this.#switch();
    this.#near = true;
    this.#draw();
    const { chart } = this.#canvas;
    if (!chart) return;
    const items = legendItems(figure).filter(({ id }) => this.#shown(id));
    const data = picture(chart, figure.title, items, palette);
    this.#page.host.send({
      kind: 'save',
      name: this.#page.fileName(`${this.#options.id}.png`),
      type: 'png',
      data,
    });
  }

  #point(at: Pointed | null): void {
    this.#at = at;
    const tip = at && this.#tipAt(at);
    if (!at || !tip) this.#tip.hide();
    else this.#tip.show(tip.tip, tip.mark, at);
  }

  #tipAt({ series, index }: Pointed): { readonly tip: Tip; readonly mark: Swatch } | null {
    const figure = this.#canvas.drawn?.figure;
    if (!figure) return null;
    if (figure.kind === 'bars') {
      const bar = figure.bars[index];
      const group = figure.groups.find(({ id }) => id === bar?.group);
      if (!bar || !group) return null;
      return {
        tip: bar.tip,
        mark: { ink: group.ink, shape: 'rect', hollow: !group.filled, line: null, band: false },
      };
    }
    const one = figure.series[series];
    return one?.tip ? { tip: one.tip(index), mark: { ...one, band: false } } : null;
  }

  #pick({ series, index }: Pointed): void {
    const figure = this.#canvas.drawn?.figure;
    if (figure?.kind !== 'xy') return;
    const merge = figure.series[series]?.merge?.(index);
    if (merge !== undefined) this.#options.onPick?.(merge);
  }

  #key(event: KeyboardEvent): void {
    const { chart, drawn } = this.#canvas;
    if (!chart || !drawn || event.ctrlKey || event.metaKey || event.altKey) return;
    const meant = chartKey(event.key, chart, drawn.figure, {
      at: () => this.#at,
      go: (at) => {
        this.#point(at);
        this.#canvas.mark(at);
        const tip = at && this.#tipAt(at);
        if (tip) this.#page.say(tipText(tip.tip));
      },
      pick: (at) => this.#pick(at),
      reset: () => this.#zoom(null),
    });
    if (meant) event.preventDefault();
  }
}
