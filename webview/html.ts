/** The dashboard's page as text, for a webview or as a file of its own. */

/** Served by the host, or part of the page itself. */
export type Part = { readonly uri: string } | { readonly text: string };

export interface PageParts {
  readonly title: string;
  readonly script: Part;
  readonly styles: readonly Part[];
  /** Names the elements of this page that may run or style; letters, digits, `+/=-_` only. */
  readonly nonce: string;
  /** Where a webview's resources come from, as `webview.cspSource` says; null for a page of its own. */
  readonly source: string | null;
  /** URI of what a panel shows, which its page keeps from the first moment; null for a page of its own. */
  readonly experiment: string | null;
  /** Of `encodeState`; null where a host sends states. */
  readonly state: string | null;
}

/** Ids that the page's script looks for. */
export const STATE_ELEMENT = 'merge-lab-state';
export const EXPERIMENT_ELEMENT = 'merge-lab-experiment';

export function dashboardHtml(parts: PageParts): string {
  const { title, script, styles, nonce, source, experiment, state } = parts;
  if (!/^[\w+/=-]+$/.test(nonce)) throw new RangeError('a nonce has letters, digits and +/=-_ only');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy(nonce, source))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
${experiment === null ? '' : `<meta name="${EXPERIMENT_ELEMENT}" content="${attribute(experiment)}">`}
${styles.map((part) => styleElement(part, nonce)).join('\n')}
</head>
<body>
<div id="merge-lab"></div>
${state === null ? '' : `<script type="application/json" id="${STATE_ELEMENT}" nonce="${nonce}">${state}</script>`}
${scriptElement(script, nonce)}
</body>
</html>
`;
}

/** Nothing is allowed but our own script, our own styles, and images that are drawn or stored here. */
export function policy(nonce: string, source: string | null): string {
  const own = source === null ? '' : ` ${source}`;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'${own}`,
    `img-src data:${own}`,
    ...(source === null ? [] : [`font-src${own}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function scriptElement(part: Part, nonce: string): string {
  if ('uri' in part) return `<script nonce="${nonce}" src="${attribute(part.uri)}"></script>`;
  // In strings and patterns, the only places of such text in a script, the escape means the same.
  const safe = part.text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  return `<script nonce="${nonce}">${safe}</script>`;
}

function styleElement(part: Part, nonce: string): string {
  if ('uri' in part) return `<link rel="stylesheet" nonce="${nonce}" href="${attribute(part.uri)}">`;
  return `<style nonce="${nonce}">${part.text.replace(/<\/(style)/gi, '<\\/$1')}</style>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;');
}
