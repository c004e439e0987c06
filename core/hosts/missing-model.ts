import { bytes } from '../../words/units.ts';
import type { Host } from './host.ts';

export interface MissingModel {
  /** As the experiment says it. */
  readonly source: string;
  /** Absolute folders here and on the host. */
  readonly here: string;
  readonly there: string;
  /** Bytes of the model here; null where there is none. */
  readonly size: number | null;
}

/** Models that lie here and are all that a host still lacks: they can be copied there. */
export interface ModelsOffer {
  readonly host: string;
  readonly models: readonly { readonly source: string; readonly size: number }[];
}

/** What to do about a model that a host lacks. `models`: where relative ones begin there. */
export function fixOfMissing({ here, there, size }: MissingModel, models: string, host: Host): string {
  if (size === null) return `Correct the path; on ${host.name} a relative one begins at ${models}.`;
  const copy = `rsync -aP --mkpath ${quoted(`${here}/`)} ${quoted(`${host.ssh}:${there}/`)}`;
  return `It lies here (${bytes(size)}). This copies it, and goes on after a cut: ${copy}`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
