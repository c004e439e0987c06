import type { Uri } from 'vscode';

/** Whether it is this file, or in this folder. */
export function isWithin(uri: Uri, other: Uri): boolean {
  const isThere = uri.path === other.path || uri.path.startsWith(`${other.path}/`);
  return isThere && uri.scheme === other.scheme && uri.authority === other.authority;
}
