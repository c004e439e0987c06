/** A small picture of a curve of loss over k, as an image that a hover may show: measured means with the fit through them. */
import type { Curve } from '../../core/report/report.ts';
import { lawOf } from '../../webview/law.ts';

const WIDTH = 260;
const HEIGHT = 96;
const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 18;
/** Read on light and on dark grounds alike: an image cannot ask for the theme. */
const GREY = '#8a8a8a';
const ACCENT = '#3b8eea';

interface Dot {
  readonly k: number;
  readonly loss: number;
}

/**
 * Markdown of the picture; null where there is nothing to draw. Nothing of it comes from a file but numbers.
 *
 * @param base loss of the base, drawn as a dashed line where it lies within the picture
 */
export function curveMarkdown(curve: Curve, base: number | null, alt: string): string | null {
  const svg = curveSvg(curve, base);
  if (svg === null) return null;
  const data = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return `![${alt}](${data}|width=${WIDTH},height=${HEIGHT})`;
}

export function curveSvg(curve: Curve, base: number | null): string | null {
  const dots = curve.points.map(({ k, mean }): Dot => ({ k, loss: mean })).filter(isDrawable);
  if (dots.length === 0) return null;
  const most = Math.max(2, curve.pool, ...dots.map(({ k }) => k));
  const law = lawLine(curve, most).filter(isDrawable);
  const losses = [...dots, ...law].map(({ loss }) => loss);
  const lowest = Math.min(...losses);
  const highest = Math.max(...losses);
  const span = Math.max(highest - lowest, Math.abs(highest) * 1e-6, 1e-9);
  const x = (k: number) => LEFT + ((k - 1) / (most - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (loss: number) => TOP + ((highest - loss) / span) * (HEIGHT - TOP - BOTTOM);
  const recommended = curve.recommended_k?.k ?? null;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="9">`,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="${GREY}" stroke-width="0.7"/>`,
    base !== null && base >= lowest && base <= highest
      ? `<path d="M${LEFT} ${at(y(base))}H${WIDTH - RIGHT}" stroke="${GREY}" stroke-dasharray="3 3"/>`
      : '',
    line(law.length > 1 ? law : dots, x, y),
    ...dots.map(({ k, loss }) => {
      const isRecommended = k === recommended;
      return `<circle cx="${at(x(k))}" cy="${at(y(loss))}" r="${isRecommended ? 4 : 2.5}" fill="${isRecommended ? ACCENT : GREY}"/>`;
    }),
    label(LEFT - 4, y(highest) + 3, highest.toFixed(3), 'end'),
    highest - lowest > 0 ? label(LEFT - 4, y(lowest) + 3, lowest.toFixed(3), 'end') : '',
    label(x(1), HEIGHT - 6, 'k = 1', 'start'),
    label(x(most), HEIGHT - 6, `${most}`, 'end'),
    '</svg>',
  ].join('');
}

/** The fitted law from the first k measured, or 1, to the last k of the pool. */
function lawLine(curve: Curve, most: number): Dot[] {
  const law = lawOf(curve);
  if (!law) return [];
  const steps = 48;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const k = 1 + ((most - 1) * i) / steps;
    return { k, loss: law(k) };
  });
}

function line(dots: readonly Dot[], x: (k: number) => number, y: (loss: number) => number): string {
  const points = [...dots].sort((a, b) => a.k - b.k).map(({ k, loss }) => `${at(x(k))},${at(y(loss))}`);
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${ACCENT}" stroke-width="1.5"/>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'end'): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${GREY}">${text}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}

function isDrawable({ k, loss }: Dot): boolean {
  return Number.isFinite(k) && Number.isFinite(loss);
}
