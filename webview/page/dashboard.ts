/** The page: a header, notices, and the panels; all redrawn from the newest state, at most once a frame. */
import type { Planning } from '../../core/planning/planning.ts';
import { CONTRACT, type DashboardState, isGoingOn, type Panel, type ToPage } from '../messages.ts';
import { Header } from './header.ts';
import type { Host } from './host/host.ts';
import { InView } from './in-view.ts';
import { Notices } from './notices.ts';
import { Page } from './page.ts';
import { AnswerPanel } from './panels/answer/answer-panel.ts';
import { CurvePanel } from './panels/curve-panel.ts';
import { DownstreamPanel } from './panels/downstream/downstream-panel.ts';
import { ModelsPanel, OraclePanel, PoolsPanel } from './panels/ensemble/ensemble-panels.ts';
import { ExpertsPanel } from './panels/experts-panel.ts';
import { MethodsPanel } from './panels/methods/methods-panel.ts';
import type { PanelFrame } from './panels/panel-frame.ts';
import { PlanningPanel } from './panels/planning/planning-panel.ts';
import { RunPanel } from './panels/run/run-panel.ts';
import { SpreadPanel } from './panels/spread-panel.ts';
import { SubsetsPanel } from './panels/subsets/subsets-panel.ts';
import { SynergyPanel } from './panels/synergy/synergy-panel.ts';
import { type ShapleyAnswer, withShapley } from './state/asked-shapley.ts';
import { withHeldStudy } from './state/held-study.ts';
import { UiStore } from './state/ui-store.ts';
import { unchanged } from './state/unchanged.ts';
import { scopeOf, type View } from './state/view.ts';
import { OwnThemes } from './themes.ts';

/** While results stream in, for what nobody looks at. */
const OUT_OF_SIGHT_MS = 500;

interface ShownPanel {
  readonly frame: PanelFrame;
  update(view: View): void;
}

export class Dashboard {
  readonly #page: Page;
  readonly #header: Header;
  readonly #notices: Notices;
  readonly #panels: readonly ShownPanel[];
  readonly #scope = unchanged(scopeOf);
  #state: DashboardState | null = null;
  #planned: Planning | null = null;
  #shapley: ShapleyAnswer | null = null;
  readonly #withShapley = unchanged(withShapley);
  /** To show once there is something to show. */
  #wanted: Panel | null = null;
  #due = 0;
  /** Panels that show an older state, until they are looked at or a little later. */
  readonly #behind = new Set<ShownPanel>();
  readonly #inView: InView;
  #late: ReturnType<typeof setTimeout> | null = null;
  /** What is to be drawn is new results of a run that goes on, and nothing else. */
  #streaming = false;
  /** The host waits to hear that its state is on the screen. */
  #undrawn = false;
  #restored = false;

  constructor(root: HTMLElement, host: Host, own: boolean) {
    const store = new UiStore(
      host.kept(),
      () => this.#schedule(),
      (ui) => host.keep(ui),
    );
    this.#page = new Page(host, store);
    const themes = own ? new OwnThemes(store, () => this.#page.themeChanged()) : null;
    this.#header = new Header(this.#page, themes && (() => themes.toggle()));
    this.#notices = new Notices(this.#page);
    const curve = new CurvePanel(this.#page);
    const spread = new SpreadPanel(this.#page);
    const experts = new ExpertsPanel(this.#page);
    this.#panels = [
      new AnswerPanel(this.#page),
      new OraclePanel(this.#page),
      new PoolsPanel(this.#page),
      new ModelsPanel(this.#page),
      curve,
      new MethodsPanel(this.#page),
      spread,
      experts,
      new SynergyPanel(this.#page),
      new SubsetsPanel(this.#page),
      new DownstreamPanel(this.#page),
      new PlanningPanel(this.#page),
      new RunPanel(this.#page),
    ];
    const main = document.createElement('main');
    const beside = document.createElement('div');
    beside.className = 'pair pair-panels';
    beside.append(spread.frame.element, experts.frame.element);
    for (const { frame } of this.#panels) {
      if (frame === spread.frame) main.append(beside);
      else if (frame !== experts.frame) main.append(frame.element);
    }
    main.prepend(this.#notices.element);
    root.replaceChildren(this.#header.element, main);
    const elements = this.#panels.map(({ frame }) => frame.element);
    this.#inView = new InView(elements, () => this.#catchUp());
    window.addEventListener('beforeprint', () => this.#drawBehind());
    window.addEventListener('scroll', () => store.remember({ scroll: window.scrollY }), { passive: true });
    window.addEventListener('pagehide', () => store.keepNow());
  }

  receive(message: ToPage): void {
    switch (message.kind) {
      case 'state':
        this.#take(message.contract, message.state);
        return;
      case 'same_report':
        this.#take(message.contract, {
          ...message.state,
          report: this.#state?.report ?? null,
          ensemble: this.#state?.ensemble ?? null,
        });
        return;
      case 'planned':
        this.#planned = message.planning;
        this.#schedule();
        return;
      case 'shapley':
        this.#shapley = message;
        this.#schedule();
        return;
      case 'show':
        this.#wanted = message.panel;
        this.#schedule();
        return;
      default:
        // From a host of another version: nothing that is known.
        message satisfies never;
    }
  }

  #take(contract: number, state: DashboardState): void {
    if (contract !== CONTRACT) {
      this.#otherVersion();
      return;
    }
    const { report } = state;
    this.#state = { ...state, report: report && withHeldStudy(report, this.#state?.report ?? null) };
    this.#undrawn = true;
    const streaming = isGoingOn(state.run.state);
    if (this.#due === 0) this.#streaming = streaming;
    else this.#streaming &&= streaming;
    this.#request();
  }

  /** Everything, in the next frame. */
  #schedule(): void {
    this.#streaming = false;
    this.#request();
  }

  #request(): void {
    if (this.#due !== 0) return;
    this.#due = requestAnimationFrame(() => {
      this.#due = 0;
      this.#draw();
    });
  }

  #view(own: DashboardState): View {
    const { ui } = this.#page;
    const state = { ...own, report: own.report && this.#withShapley(own.report, this.#shapley) };
    const scope = state.report && this.#scope(state.report, ui.cell, ui.domain);
    return { state, ui, scope, planned: this.#planned };
  }

  #draw(): void {
    const state = this.#state;
    if (!state) return;
    const { ui } = this.#page;
    this.#page.name = state.name;
    const view = this.#view(state);
    this.#header.update(view);
    this.#notices.update(state);
    for (const panel of this.#panels) {
      if (this.#streaming && !this.#inView.has(panel.frame.element)) this.#behind.add(panel);
      else this.#update(panel, view);
    }
    this.#streaming = false;
    if (this.#behind.size > 0) this.#late ??= setTimeout(() => this.#drawBehind(), OUT_OF_SIGHT_MS);
    if (!this.#restored) {
      this.#restored = true;
      // Controls draw themselves a little later, and what is below them moves.
      requestAnimationFrame(() => {
        window.scrollTo({ top: ui.scroll, behavior: 'instant' });
        document.body.classList.add('ready');
      });
    }
    if (this.#undrawn) {
      this.#undrawn = false;
      // After the frame that this is drawn for.
      setTimeout(() => this.#page.host.send({ kind: 'drawn' }));
    }
    if (this.#wanted) {
      this.#panels.find(({ frame }) => frame.id === this.#wanted)?.frame.show();
      this.#wanted = null;
    }
  }

  #update(panel: ShownPanel, view: View): void {
    this.#behind.delete(panel);
    panel.update(view);
  }

  /** What has come into view is drawn as it is now. */
  #catchUp(): void {
    if (!this.#state) return;
    const view = this.#view(this.#state);
    for (const panel of this.#behind) if (this.#inView.has(panel.frame.element)) this.#update(panel, view);
  }

  #drawBehind(): void {
    if (this.#late) clearTimeout(this.#late);
    this.#late = null;
    if (!this.#state) return;
    const view = this.#view(this.#state);
    for (const panel of this.#behind) this.#update(panel, view);
  }

  #otherVersion(): void {
    this.#notices.update({
      stale: null,
      host: 'file',
      problem: {
        code: 'other_contract',
        message: 'This page and the extension are of different versions.',
        fix: 'Close the dashboard and open it again.',
      },
    });
  }
}
