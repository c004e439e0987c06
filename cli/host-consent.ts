/** What the user is asked before a host is used, and what is said while it is made ready. */
import { createInterface } from 'node:readline/promises';
import type { HostQuestion } from '../core/hosts/host-facts.ts';
import type { AgreeToHost, SetUpNews } from '../runner/session-types.ts';
import { factLines, reachQuestion, setUpSentence } from '../words/hosts.ts';
import { plain } from '../words/plain.ts';
import { type Io, say } from './terminal/io.ts';

/** Asks on a terminal; elsewhere only `--yes` agrees. */
export function agreeToHost(io: Io, yes: boolean): AgreeToHost {
  return async (question) => {
    say(io, questionText(question));
    return agrees(io, yes);
  };
}

/** Asks on a terminal; elsewhere only `--yes` agrees. */
export async function agrees(io: Io, yes: boolean, question = 'Go on?'): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !io.err.isTTY) {
    say(io, 'Nobody can be asked here: --yes agrees.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: io.err });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
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
  if (question.kind === 'reach') return reachQuestion(question.host);
  const { host, facts, environment } = question;
  return [
    `On ${plain(host.name)}:`,
    ...factLines(facts).map((line) => `  ${line}`),
    setUpSentence(facts, environment),
  ].join('\n');
}
