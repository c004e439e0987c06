/** Settings that a VS Code of this checkout starts with. */
import { themes } from './themes.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Nothing greets, asks, or looks for updates. */
export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  // As on a desktop; in a browser it would save while one types.
  'files.autoSave': 'off',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': themes.dark.id,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
  'window.title': '${dirty}${activeEditorShort}${separator}${rootName}',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'compact',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};

/** Also the same on every machine, and nothing moves on its own. */
export const testSettings: Settings = {
  ...quietSettings,
  'editor.fontFamily': "'DejaVu Sans Mono', monospace",
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'workbench.reduceMotion': 'on',
  // Whatever takes the focus while a window opens, a picker stays.
  'workbench.quickOpen.closeOnFocusLost': false,
};

/** The trust run asks as a fresh VS Code asks. */
export const trustSettings: Settings = {
  'security.workspace.trust.startupPrompt': 'always',
  'security.workspace.trust.banner': 'always',
};
