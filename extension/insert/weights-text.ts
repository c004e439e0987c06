import { didYouMean } from '../../core/experiment/shape.ts';
import { plain } from '../../words/plain.ts';

export type ParsedWeights =
  | { readonly ok: true; readonly weights: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly message: string };

/** `code=2, physics=0.5`: the weights of all domains, 1 where none is given. */
export function parseWeights(text: string, domains: readonly string[]): ParsedWeights {
  const weights = new Map(domains.map((domain) => [domain, 1]));
  for (const part of text.split(/[,;\n]+/).map((each) => each.trim())) {
    if (part === '') continue;
    const [name = '', written = '', ...rest] = part.split(/[=:]/).map((each) => each.trim());
    if (rest.length > 0 || written === '')
      return wrong(`Write \`${plain(name)}=2\` instead of \`${plain(part)}\`.`);
    if (!weights.has(name)) {
      const meant = didYouMean(name, domains);
      return wrong(`\`${plain(name)}\` is not a domain.${meant ? ` Did you mean \`${plain(meant)}\`?` : ''}`);
    }
    const weight = /^\d*\.?\d+(e-?\d+)?$/i.test(written) ? Number(written) : Number.NaN;
    if (!Number.isFinite(weight)) return wrong(`\`${plain(written)}\` is not a number of at least 0.`);
    weights.set(name, weight);
  }
  if ([...weights.values()].every((weight) => weight === 0))
    return wrong('Give at least one domain a positive weight.');
  return { ok: true, weights };
}

/** Those that differ from 1. */
export function weightsText(weights: ReadonlyMap<string, number>): string {
  const told = [...weights].filter(([, weight]) => weight !== 1);
  return told.map(([domain, weight]) => `${domain}=${weight}`).join(', ');
}

function wrong(message: string): ParsedWeights {
  return { ok: false, message };
}
