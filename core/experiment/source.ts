/** What names in a file stand for. */

/** `./a`, `./a/` and `a/./` name one folder. */
export function plainSource(source: string): string {
  return source.replace(/\/+$/, '').replaceAll('/./', '/');
}

/** The data of a domain, as written; empty where a map has none. */
export function dataFile(data: string | Readonly<Record<string, string>>, domain: string): string {
  return typeof data === 'string' ? data.replaceAll('{domain}', domain) : (data[domain] ?? '');
}
