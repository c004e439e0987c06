/** Colours and type of a canvas, read from the theme's tokens as they are now. */
import type { Ink } from '../figures/figure.ts';

export interface Palette {
  readonly ink: Readonly<Record<Ink, string>>;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly focus: string;
  readonly highContrast: boolean;
  readonly font: string;
  readonly fontSize: number;
}

const TOKENS: Readonly<Record<Ink, string>> = {
  blue: '--vscode-charts-blue',
  green: '--vscode-charts-green',
  orange: '--vscode-charts-orange',
  purple: '--vscode-charts-purple',
  red: '--vscode-charts-red',
  yellow: '--vscode-charts-yellow',
  foreground: '--vscode-foreground',
  muted: '--vscode-descriptionForeground',
};

export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(document.body);
  // The browser resolves whatever a theme may write to rgb().
  const colour = (token: string, fallback: string): string => {
    probe.style.color = fallback;
    probe.style.color = style.getPropertyValue(token).trim() || fallback;
    return getComputedStyle(probe).color;
  };
  const text = colour('--vscode-foreground', 'rgb(110, 110, 110)');
  const ink = Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => [name, colour(token, text)]),
  ) as Record<Ink, string>;
  const palette: Palette = {
    ink,
    text,
    muted: ink.muted,
    grid: faded(colour('--vscode-charts-lines', text), 0.35),
    background: colour('--vscode-editor-background', 'rgb(255, 255, 255)'),
    focus: colour('--vscode-focusBorder', ink.blue),
    highContrast: [...document.body.classList].some((name) => name.startsWith('vscode-high-contrast')),
    font: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    fontSize: Number.parseFloat(style.getPropertyValue('--vscode-font-size')) || 13,
  };
  probe.remove();
  return palette;
}

/** The colour with its opacity times `share`. */
export function faded(colour: string, share: number): string {
  const parts = colour.match(/[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [128, 128, 128];
  if (!colour.startsWith('rgb')) return colour;
  const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
  return `rgba(${red}, ${green}, ${blue}, ${alpha * share})`;
}

/** Calls back, at most once a frame, when the theme has changed. */
export function onThemeChange(changed: () => void): () => void {
  let due = 0;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(changed);
  });
  // VS Code sets the tokens on the root element and the kind of theme on the body.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  return () => observer.disconnect();
}
