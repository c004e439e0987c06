/** What the user is asked before a host is used, and what is said while it is made ready. */
import { createInterface, type Interface } from 'node:readline/promises';
import type { HostQuestion } from '../core/hosts/host-facts.ts';
import type { AgreeToHost, SetUpNews } from '../runner/session-types.ts';
import { factLines, reachQuestion, setUpSentence } from '../words/hosts.ts';
import { plain } from '../words/plain.ts';
import { Declined } from './declined.ts';
import { invocation } from './invocation.ts';
import { type Io, say } from './terminal/io.ts';

/** Asks on a terminal; elsewhere only `--yes` agrees. `yes`: undefined where the command has no such option. */
export function agreeToHost(io: Io, yes: boolean | undefined): AgreeToHost {
  const refused = new Set<HostQuestion['kind']>();
  return async (question) => {
    // One command may want the host more than once.
    if (refused.has(question.kind)) return false;
    say(io, questionText(question));
    const setUp = `${invocation(io.env, 'hosts', question.host.name)} --set-up --yes`;
    const agreed = await agrees(io, yes === true, yes === undefined ? { agreeWith: setUp } : {});
    if (!agreed) refused.add(question.kind);
    return agreed;
  };
}

export interface Asked {
  readonly question?: string;
  /** What is so where the answer is no. */
  readonly declined?: string;
  /** The command that agrees where nobody can be asked; left out where this one does, with `--yes`. */
  readonly agreeWith?: string;
}

/** Asks on a terminal; elsewhere only `--yes` agrees. Throws `Declined` where somebody says no. */
export async function agrees(io: Io, yes: boolean, asked: Asked = {}): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !io.err.isTTY) {
    say(io, `Nobody can be asked here: ${asked.agreeWith ?? '--yes'} agrees.`);
    return false;
  }
  await consent(createInterface({ input: process.stdin, output: io.err }), asked);
  return true;
}

/** Throws `Declined` for any answer but yes, for Ctrl-C and for the end of the input. */
export async function consent(
  terminal: Interface,
  { question = 'Go on?', declined = 'Nothing was changed.' }: Asked,
): Promise<void> {
  const left = new AbortController();
  const leave = (code: 1 | 130) => (): void => left.abort(new Declined(declined, code));
  terminal.once('SIGINT', leave(130)).once('close', leave(1));
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: left.signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Declined(declined, 1);
  } catch (error) {
    throw left.signal.aborted ? left.signal.reason : error;
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
