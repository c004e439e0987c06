/** What the user is asked before a host is used, and what is said while it is made ready. */
import { createInterface } from 'node:readline/promises';
import type { AgreeToHost, HostFacts, HostQuestion, SetUpNews } from '../runner/session-types.ts';
import { plain } from '../words/plain.ts';
import { bytes } from '../words/units.ts';
import { type Io, say } from './terminal/io.ts';

/** Asks on a terminal; elsewhere only `--yes` agrees. */
export function agreeToHost(io: Io, yes: boolean): AgreeToHost {
  return async (question) => {
    say(io, questionText(question));
    return agrees(io, yes);
  };
}

/** Asks whether to go on, on a terminal; elsewhere only `--yes` does. */
export async function agrees(io: Io, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !io.err.isTTY) {
    say(io, 'Nobody can be asked here: --yes agrees.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: io.err });
  try {
    return /^y(es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

export function hostNews(io: Io): SetUpNews {
  return ({ progress }) => {
    if (progress !== undefined) say(io, `${progress} …`);
  };
}

function questionText(question: HostQuestion): string {
  const name = plain(question.host.name);
  if (question.kind === 'reach') {
    const as = question.host.ssh === question.host.name ? '' : ` as ${plain(question.host.ssh)}`;
    return `The experiment wants to run on ${name}, reached with ssh${as}. Nothing is changed there before you agree again.`;
  }
  const { facts, environment } = question;
  return [
    `On ${name}:`,
    ...factLines(facts).map((line) => `  ${line}`),
    `Into ${plain(facts.directory, 200)}, readable by you alone: the agent's source (less than 1 MB)${
      environment ? ', and a Python environment with PyTorch (up to 6 GB)' : ''
    }. Nothing else of the host is changed.`,
  ].join('\n');
}

/** What a look at a host found, a line each. */
export function factLines(facts: HostFacts): readonly string[] {
  return [
    plain(facts.system),
    `Python ${plain(facts.version)} at ${plain(facts.python, 200)}${facts.torch === null ? '' : `, PyTorch ${plain(facts.torch)}`}`,
    facts.gpus.length === 0 ? 'no NVIDIA card' : facts.gpus.map((gpu) => plain(gpu, 100)).join('; '),
    `${bytes(facts.free_bytes)} free at ${plain(facts.directory, 200)}`,
    `models: ${plain(facts.models, 200)}${facts.models_there ? '' : ' (not there yet)'}`,
  ];
}
