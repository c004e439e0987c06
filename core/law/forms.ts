/**
 * The laws that a curve may follow, written so that at most one parameter is not linear: the offset b or the
 * exponent p. arXiv 2509.24244 eq. 1 at one size is `paper`; `signed` lets b go below zero; `quadratic` is the next
 * order of the same theory; `power` and `flat` are what it has to beat.
 */
import type { Form } from './curve.ts';

/** One linear coefficient each: L(k) = Σ coefficient · column(k). */
export interface LinearForm {
  readonly kind: 'linear';
  readonly name: 'quadratic' | 'flat';
  readonly parameters: readonly string[];
  readonly column: (index: number, k: number) => number;
}

/**
 * L(k) = α − δ·ψ_t(k), with ψ = 0 at the first k and 1 at the last, so α is the level at the first k and δ ≥ 0 the
 * fall from first to last. These stay well conditioned where floor and tail do not. `t` in [tLow, 1] stands for the
 * shape; t = 1 is the limit where the floor goes to −∞ (b → ∞: a line; p → 0: a logarithm), and tHigh < 1 the last
 * t that an estimate may take.
 */
export interface ShapeForm {
  readonly kind: 'shape';
  readonly name: 'paper' | 'signed' | 'power';
  readonly shapeName: 'b' | 'p';
  readonly tLow: number;
  readonly tHigh: number;
  readonly shape: (t: number) => number;
  readonly psi: (t: number) => (k: number) => number;
  /** ψ_t of the first `count` of k, for the innermost loop of all fits. */
  readonly fill: (t: number, k: readonly number[], out: Float64Array, count: number) => void;
  /** L∞ = α − δ·floor(t); infinite at t = 1. */
  readonly floor: (t: number) => number;
  /** A = δ·tail(t); infinite at t = 1. */
  readonly tail: (t: number) => number;
}

export type FormModel = LinearForm | ShapeForm;

/** Of the two parts of t that are each about half of what data can tell apart. */
const HALF_OFFSET = 2;
const HALF_EXPONENT = 1;
const LARGEST_EXPONENT = 20;
const SMALLEST_EXPONENT = 1e-3;
const SIGNED_LEAST_OFFSET = -0.8;
/** Logarithms of k below this are kept. */
const KEPT_LOGS = 65;

function offsetForm(name: 'paper' | 'signed', first: number, last: number): ShapeForm {
  const least = name === 'paper' ? 0 : SIGNED_LEAST_OFFSET;
  const most = 100 * last;
  const span = last - first;
  const b = (t: number) => least + (HALF_OFFSET * t) / (1 - t);
  const line = (k: number) => (k - first) / span;
  const scaleAt = (offset: number) => (last + offset) / span;
  const bent = (k: number, scale: number, offset: number) => (scale * (k - first)) / (k + offset);
  return {
    kind: 'shape',
    name,
    shapeName: 'b',
    tLow: 0,
    tHigh: (most - least) / (most - least + HALF_OFFSET),
    shape: b,
    psi: (t) => {
      if (t >= 1) return line;
      const offset = b(t);
      const scale = scaleAt(offset);
      return (k) => bent(k, scale, offset);
    },
    fill: (t, k, out, count) => {
      if (t >= 1) {
        for (let i = 0; i < count; i++) out[i] = line(k[i] as number);
        return;
      }
      const offset = b(t);
      const scale = scaleAt(offset);
      for (let i = 0; i < count; i++) out[i] = bent(k[i] as number, scale, offset);
    },
    floor: (t) => (t >= 1 ? Number.POSITIVE_INFINITY : (last + b(t)) / span),
    tail: (t) => (t >= 1 ? Number.POSITIVE_INFINITY : ((first + b(t)) * (last + b(t))) / span),
  };
}

function powerForm(first: number, last: number): ShapeForm {
  const p = (t: number) => (HALF_EXPONENT * (1 - t)) / t;
  const logs = Array.from({ length: KEPT_LOGS }, (_, k) => Math.log(k / first));
  const log = (k: number) => logs[k] ?? Math.log(k / first);
  // 1 − (k/first)^−p without cancellation for small p
  const fall = (k: number, exponent: number) => -Math.expm1(-exponent * log(k));
  return {
    kind: 'shape',
    name: 'power',
    shapeName: 'p',
    tLow: HALF_EXPONENT / (HALF_EXPONENT + LARGEST_EXPONENT),
    tHigh: HALF_EXPONENT / (HALF_EXPONENT + SMALLEST_EXPONENT),
    shape: p,
    psi: (t) => {
      if (t >= 1) return (k) => log(k) / log(last);
      const exponent = p(t);
      const scale = 1 / fall(last, exponent);
      return (k) => scale * fall(k, exponent);
    },
    fill: (t, k, out, count) => {
      if (t >= 1) {
        for (let i = 0; i < count; i++) out[i] = log(k[i] as number) / log(last);
        return;
      }
      const exponent = p(t);
      const scale = 1 / fall(last, exponent);
      for (let i = 0; i < count; i++) out[i] = scale * fall(k[i] as number, exponent);
    },
    floor: (t) => (t >= 1 ? Number.POSITIVE_INFINITY : 1 / fall(last, p(t))),
    tail: (t) => (t >= 1 ? Number.POSITIVE_INFINITY : first ** p(t) / fall(last, p(t))),
  };
}

const QUADRATIC: LinearForm = {
  kind: 'linear',
  name: 'quadratic',
  parameters: ['Linf', 'A', 'C'],
  column: (index, k) => (index === 0 ? 1 : index === 1 ? 1 / k : 1 / (k * k)),
};

const FLAT: LinearForm = { kind: 'linear', name: 'flat', parameters: ['Linf'], column: () => 1 };

/** The model of `form` for a curve whose smallest and largest k are `first` < `last`. */
export function formModel(form: Form, first: number, last: number): FormModel {
  switch (form) {
    case 'paper':
    case 'signed':
      return offsetForm(form, first, last);
    case 'power':
      return powerForm(first, last);
    case 'quadratic':
      return QUADRATIC;
    case 'flat':
      return FLAT;
  }
}

/** In the order in which ties are broken: the simplest first, then the theory's own. */
export const FORMS: readonly Form[] = ['flat', 'signed', 'paper', 'quadratic', 'power'];

/** How many k's a form needs before it can be fitted, which is its number of parameters. */
export function parameterCount(form: Form): number {
  return form === 'flat' ? 1 : 3;
}
