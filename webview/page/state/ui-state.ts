/** What the reader has set on the page, kept over reloads: names, never indices, since the experiment may change. */
import type { Budget } from '../../../core/planning/budget.ts';
import type { Panel } from '../../messages.ts';
import type { SortColumn } from '../merges/arrange.ts';

export interface UiState {
  readonly version: 1;
  /** Null = the one that the headline answers for. */
  readonly cell: { readonly size: string; readonly label: string } | null;
  /** Null = the objective. */
  readonly domain: string | null;
  /** By chart and series: shown or hidden by hand. */
  readonly shown: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
  /** By chart. */
  readonly zoom: Readonly<Record<string, Zoom>>;
  /** Charts seen as a table. */
  readonly tables: readonly string[];
  readonly collapsed: readonly Panel[];
  readonly subsets: SubsetsUi;
  /** Which of its tables is shown. */
  readonly synergy: string;
  /** What is shown of task vectors. */
  readonly vectors: string;
  /** Shapley values are shown. */
  readonly shapley: boolean;
  /** Tried out instead of the file's; null = the file's. */
  readonly budget: Budget | null;
  /** Of the page, in pixels. */
  readonly scroll: number;
  /** Only of a page of its own; null = as the system is set. */
  readonly theme: 'light' | 'dark' | null;
}

export interface Zoom {
  /** What was looked at: a zoom into one method's losses says nothing about another's. */
  readonly scope: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export interface SubsetsUi {
  /** A domain goes by its name. */
  readonly sort: {
    readonly by: Exclude<SortColumn, number> | { readonly domain: string };
    readonly descending: boolean;
  };
  readonly has: readonly string[];
  readonly hasNot: readonly string[];
  readonly k: number | null;
  /** As typed. */
  readonly atMost: string;
  readonly picked: Picked | null;
  /** Of the rows, in pixels. */
  readonly scroll: number;
}

export interface Picked {
  readonly members: readonly string[];
  readonly seed: number | null;
}

export const freshUi: UiState = {
  version: 1,
  cell: null,
  domain: null,
  shown: {},
  zoom: {},
  tables: [],
  collapsed: [],
  synergy: 'others',
  vectors: 'cosine',
  shapley: false,
  budget: null,
  subsets: {
    sort: { by: 'objective', descending: false },
    has: [],
    hasNot: [],
    k: null,
    atMost: '',
    picked: null,
    scroll: 0,
  },
  scroll: 0,
  theme: null,
};

/** What was kept, where it is of this version; else a fresh start. */
export function restoredUi(kept: unknown): UiState {
  if (typeof kept !== 'object' || kept === null || !('version' in kept) || kept.version !== 1) return freshUi;
  const { subsets, ...rest } = kept as Partial<UiState>;
  return { ...freshUi, ...rest, subsets: { ...freshUi.subsets, ...subsets } };
}
