/** The user's ssh configuration, as far as it names hosts. ssh itself decides what the names mean. */
import { wrongHostName } from './host.ts';

export interface SshNames {
  /** Of `Host` lines, without patterns and without what cannot be a target. */
  readonly aliases: readonly string[];
  /** Of `Include` lines, as they stand there: paths that may hold `*` and `?`. */
  readonly includes: readonly string[];
}

/** Never throws, whatever the text. */
export function namesInSshConfig(text: string): SshNames {
  const entries = text.split(/\r?\n/).map(entryOf);
  const of = (keyword: string) => entries.flatMap((entry) => (entry.keyword === keyword ? entry.values : []));
  return { aliases: of('host').filter((name) => wrongHostName(name) === null), includes: of('include') };
}

/** `keyword value "quoted value"`, or with an `=` between. */
function entryOf(line: string): { readonly keyword: string; readonly values: readonly string[] } {
  const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line.slice(0, 10_000)) ?? [];
  const words = rest.match(/"[^"]*"|[^\s"]+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  const values = comment < 0 ? words : words.slice(0, comment);
  return { keyword: keyword.toLowerCase(), values: values.map((word) => word.replace(/^"(.*)"$/, '$1')) };
}
