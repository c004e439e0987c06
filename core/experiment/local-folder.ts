/** Else it is a name on the hub. */
export function isLocalFolder(source: string): boolean {
  return /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\]|~|\.{1,2}$)/.test(source);
}
