/** Which experts a subset has, as a strip of marks in pool order: one drawing for those in it, one for the others. */
const CELL = 7;
const GAP = 2;
const NS = 'http://www.w3.org/2000/svg';

/** Larger pools are told by their names alone. */
export const WIDEST_STRIP = 24;

export function membershipStrip(pool: number, members: readonly number[]): SVGElement {
  const svg = document.createElementNS(NS, 'svg');
  const width = pool * (CELL + GAP) - GAP;
  for (const [name, value] of [
    ['class', 'strip'],
    ['width', `${width}`],
    ['height', '10'],
    ['viewBox', `0 0 ${width} 10`],
    ['aria-hidden', 'true'],
  ] as const)
    svg.setAttribute(name, value);
  const inside = new Set(members);
  const path = (has: boolean): SVGElement => {
    const element = document.createElementNS(NS, 'path');
    element.setAttribute('class', has ? 'strip-in' : 'strip-out');
    let d = '';
    for (let i = 0; i < pool; i++) {
      if (inside.has(i) !== has) continue;
      const x = i * (CELL + GAP);
      d += has ? `M${x} 0h${CELL}v10h-${CELL}z` : `M${x} 4h${CELL}v2h-${CELL}z`;
    }
    element.setAttribute('d', d);
    return element;
  };
  svg.append(path(false), path(true));
  return svg;
}
