/** What of a model's folder goes to a host: data that a model is loaded from, and nothing else that may lie beside it. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export interface ModelFile {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** No code, no pickles; links are followed, as caches of models consist of them. */
const SENT = /^\w[\w.+-]{0,180}\.(safetensors|json|jinja|txt|model)$/;
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/;

/** In the order of names; none where the folder is no model. A sharded copy beside `model.safetensors` is left out. */
export function modelFiles(folder: string): readonly ModelFile[] {
  const names = namesIn(folder).filter((name) => SENT.test(name));
  const hasConfig = names.includes('config.json') || names.includes('adapter_config.json');
  if (!hasConfig || !names.some((name) => name.endsWith('.safetensors'))) return [];
  const isWhole = names.includes('model.safetensors');
  return names.flatMap((name) => {
    const stat = statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (!stat?.isFile() || (isWhole && SHARD.test(name))) return [];
    return [{ name, size: stat.size, mtimeMs: stat.mtimeMs }];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
