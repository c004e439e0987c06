/** The four kinds of themes, by one of each that every VS Code has; `kind` is its window's class. */
export const themes = {
  dark: { id: 'Dark Modern', label: 'Dark Modern', kind: 'vs-dark' },
  light: { id: 'Light Modern', label: 'Light Modern', kind: 'vs' },
  'high-contrast-dark': { id: 'Default High Contrast', label: 'Dark High Contrast', kind: 'hc-black' },
  'high-contrast-light': {
    id: 'Default High Contrast Light',
    label: 'Light High Contrast',
    kind: 'hc-light',
  },
} as const;

export type Theme = keyof typeof themes;

export const allThemes = Object.keys(themes) as readonly Theme[];
