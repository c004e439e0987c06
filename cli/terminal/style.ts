import { createColors } from 'picocolors';

/** Colour only on a terminal, never under `NO_COLOR` (no-color.org) or `TERM=dumb`; `FORCE_COLOR` overrides both. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

export type Style = ReturnType<typeof createColors>;

export function styleFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  return createColors(wantsColour(stream, env));
}
