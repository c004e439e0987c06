import type { stringify } from 'yaml';

export interface NewExperiment {
  readonly base: string;
  readonly experts: readonly { readonly name: string; readonly path: string }[];
  readonly data: {
    readonly pattern: string;
    /** For which data was found. */
    readonly domains: readonly string[];
  };
}

/** The file that a person would have written: the least that is needed, and what is worth changing as comments. */
export function experimentText({ base, experts, data }: NewExperiment, write: typeof stringify): string {
  const names = uniqueNames(experts.map(({ name }) => name));
  const same = names.length === data.domains.length && names.every((name) => data.domains.includes(name));
  const evaluation = {
    data: data.pattern,
    ...(same || data.domains.length === 0 ? {} : { domains: data.domains.map(asName) }),
  };
  const body = write(
    {
      base,
      experts: Object.fromEntries(experts.map(({ path }, i) => [names[i] ?? `expert-${i}`, path])),
      methods: ['average'],
      evaluation,
    },
    { lineWidth: 0 },
  );
  return `# How many of these experts are worth merging, and which? Press Run above.
${body}# sweep: { k: 1..3 }            # sizes of subset; default 1 to all
# goals: { within: 0.01 }       # "enough" is within 0.01 nats of the best reachable k
`;
}

/** A name of the format: letters, digits, `_`, `.`, `-`, with a letter in it. */
function asName(text: string): string {
  const clean = text.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  return /\p{L}/u.test(clean) ? clean : `expert-${clean || '1'}`;
}

function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((each) => {
    const base = asName(each);
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
    taken.add(name);
    return name;
  });
}
