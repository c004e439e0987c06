/** Small pictures as SVG: numbers in, text out. Read on light and on dark grounds alike, since an image cannot ask. */

export const GREY = '#808080';
export const BLUE = '#3b8eea';
export const ORANGE = '#d9822b';
export const GREEN = '#3a9d5d';
export const PURPLE = '#a06fd0';
export const SERIES: readonly string[] = [BLUE, ORANGE, GREEN, PURPLE, '#c94f6d'];

export function svg(width: number, height: number, alt: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(alt)}" font-family="sans-serif" font-size="12">`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export type Anchor = 'start' | 'middle' | 'end';

export function text(x: number, y: number, words: string, anchor: Anchor = 'start', colour = GREY): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${colour}">${escaped(words)}</text>`;
}

export function path(points: readonly (readonly [number, number])[], colour: string, dash = ''): string {
  const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="1.5"${dashes}/>`;
}

export function dot(x: number, y: number, colour: string, radius = 3.5): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${colour}"/>`;
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
  opacity = 1,
): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${colour}" fill-opacity="${opacity.toFixed(2)}"/>`;
}

/** Round numbers that divide a range into about five parts. */
export function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** As many decimals as tell neighbours apart. */
export function tickText(value: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(digits).replace('-', '−');
}

function at(value: number): string {
  return `${Number(value.toFixed(1))}`;
}

function escaped(words: string): string {
  return words.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
