/** Where a browser does not tell when it is idle. */
const SOON_MS = 200;

/** When there is nothing else to do. */
export function whenIdle(act: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(act);
  else setTimeout(act, SOON_MS);
}
