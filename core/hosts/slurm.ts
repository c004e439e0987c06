/** `slurm:` of a host: what sbatch is asked for, for each worker. One job is one worker, on one GPU at most. */

export interface Slurm {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly constraint?: string;
  /** 0 or 1, or one of a type: `a100:1`. */
  readonly gpus?: number | string;
  readonly cpus?: number;
  /** Megabytes, or with a unit: `16G`. */
  readonly mem?: number | string;
  /** Minutes, or as Slurm writes it: `4:00:00`, `1-12`. */
  readonly time?: number | string;
}

export const SLURM_KEYS = [
  'partition',
  'account',
  'qos',
  'constraint',
  'gpus',
  'cpus',
  'mem',
  'time',
] as const satisfies readonly (keyof Slurm)[];

interface Rule {
  readonly fits: RegExp;
  readonly rule: string;
}

const name: Rule = {
  fits: /^[A-Za-z0-9_][\w.,-]{0,199}$/,
  rule: 'a name of letters, digits and . _ - , has no spaces or other marks',
};

/** Of the value as text. Each is one argument of sbatch, whatever it holds; these catch what Slurm would not explain. */
const RULES: Readonly<Record<keyof Slurm, Rule>> = {
  partition: name,
  account: name,
  qos: name,
  constraint: {
    fits: /^[\w[(][\w.,|&*:=()[\]-]{0,199}$/,
    rule: 'features are names, joined with & or |',
  },
  gpus: {
    fits: /^(?:[01]|[A-Za-z0-9_][\w.-]{0,99}:1)$/,
    rule: 'a worker uses one GPU: write 1, or e.g. a100:1, and say `workers:` for more of them',
  },
  cpus: { fits: /^[1-9]\d{0,3}$/, rule: 'it is the number of cores of a worker' },
  mem: { fits: /^[1-9]\d{0,8}[KMGT]?$/, rule: 'write e.g. 16G, or a number of megabytes' },
  time: {
    fits: /^(?:[1-9]\d{0,6}|\d{1,5}:\d\d|\d{1,4}:\d\d:\d\d|\d{1,3}-\d{1,2}(?::\d\d){0,2})$/,
    rule: 'write e.g. "4:00:00" (hours), "1-12" (days and hours), or a number of minutes',
  },
};

export function isSlurmKey(key: string): key is keyof Slurm {
  return (SLURM_KEYS as readonly string[]).includes(key);
}

/** Why sbatch must not be given a value, else null. */
export function wrongSlurm(key: keyof Slurm, value: unknown): string | null {
  const { fits, rule } = RULES[key];
  const isFine = (typeof value === 'string' || typeof value === 'number') && fits.test(String(value));
  return isFine ? null : rule;
}

export function isSlurm(value: unknown): value is Slurm {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, each]) => isSlurmKey(key) && wrongSlurm(key, each) === null);
}
