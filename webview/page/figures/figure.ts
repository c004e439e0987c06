/** A chart as data, without a canvas: what is drawn, what is said of it, and the table that says the same. */
import type { CsvCell } from '../../../words/csv.ts';

/** Named colours; the palette takes them from the theme. */
export type Ink = 'blue' | 'green' | 'orange' | 'purple' | 'red' | 'yellow' | 'foreground' | 'muted';
export type Shape =
  | 'circle'
  | 'rect'
  | 'triangle'
  | 'rectRot'
  | 'cross'
  | 'crossRot'
  | 'star'
  | 'dash'
  | 'none';
/** `dots` is for hundreds, drawn small and faint. */
export type Emphasis = 'strong' | 'normal' | 'dots';

export interface FigurePoint {
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface Tip {
  readonly title: string;
  /** What and how much, a pair each. */
  readonly rows: readonly (readonly [string, string])[];
}

export interface Series {
  /** Stable over updates; unique in the figure. */
  readonly id: string;
  readonly label: string;
  readonly ink: Ink;
  readonly shape: Shape;
  readonly hollow: boolean;
  readonly emphasis: Emphasis;
  /** Null = points only. */
  readonly line: readonly number[] | null;
  /** Draws the interval of each point that has one. */
  readonly whiskers: boolean;
  /** An area between two lines, behind everything; null = none. */
  readonly band: { readonly points: readonly BandPoint[]; readonly strength: 'faint' | 'clear' } | null;
  /** From left to right: what is drawn of a zoomed chart is found by halving. */
  readonly points: readonly FigurePoint[];
  /** What a point says of itself; null where points only carry a line. */
  readonly tip: ((index: number) => Tip) | null;
  /** Row of the merge that a point is; null for points that are none. */
  readonly merge: ((index: number) => number) | null;
  readonly startsHidden: boolean;
}

/** A horizontal line over the whole width. */
export interface Level {
  readonly id: string;
  readonly label: string;
  /** Its interval, in words after the label; empty where it has none. Drawn, it would look like a measurement at the last k. */
  readonly interval: string;
  /** Written at the line's end too, not only in the legend. */
  readonly named: boolean;
  readonly value: number;
  readonly ink: Ink;
  readonly dash: readonly number[];
  readonly startsHidden: boolean;
}

/** A k that is marked, with its interval. */
export interface Mark {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Axis {
  readonly title: string;
  /** `whole`: at whole numbers alone. Named: where they are given, as on a logarithmic axis. Absent: wherever they fit. */
  readonly ticks?: 'whole' | readonly Tick[];
  /** What is seen without zoom. */
  readonly min: number;
  readonly max: number;
  /** What a zoom may reach. */
  readonly least: number;
  readonly most: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface FigureTable {
  readonly columns: readonly { readonly title: string; readonly text?: boolean }[];
  /** As shown. */
  readonly rows: readonly (readonly string[])[];
  /** The same with all digits, for CSV. */
  readonly csv: { readonly columns: readonly string[]; readonly rows: readonly (readonly CsvCell[])[] };
}

interface AnyFigure {
  readonly title: string;
  /** The chart in a sentence, for those who do not see it. */
  readonly summary: string;
  readonly table: FigureTable;
}

export interface XyFigure extends AnyFigure {
  readonly kind: 'xy';
  readonly x: Axis;
  readonly y: Axis;
  /** The first is drawn on top. */
  readonly series: readonly Series[];
  readonly levels: readonly Level[];
  readonly marks: readonly Mark[];
  /** A merge to ring, wherever it is drawn. */
  readonly ringed: FigurePoint | null;
}

/** Horizontal bars from zero, with intervals. */
export interface BarFigure extends AnyFigure {
  readonly kind: 'bars';
  readonly x: Axis;
  readonly groups: readonly {
    readonly id: string;
    readonly label: string;
    readonly ink: Ink;
    readonly filled: boolean;
  }[];
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Id of its group. */
  readonly group: string;
  readonly tip: Tip;
}

export type Figure = XyFigure | BarFigure;

/** Room around what is drawn, as a share of its height; a curve of one height still gets some. */
export function padded(low: number, high: number, share = 0.06): readonly [number, number] {
  const span = high - low;
  const room = span > 0 ? span * share : Math.max(Math.abs(low), 1e-6) * 0.05;
  return [low - room, high + room];
}

/** From half a step before k = 1 to half a step behind the last. */
export function kAxis(last: number): Axis {
  const [least, most] = [0.5, last + 0.5];
  return { title: 'experts merged, k', ticks: 'whole', min: least, max: most, least, most };
}

/** The thin line that deviations are measured from. */
export function zeroLevel(id: string, label: string): Level {
  return {
    id,
    label,
    interval: '',
    named: false,
    value: 0,
    ink: 'muted',
    dash: [],
    startsHidden: false,
  };
}
