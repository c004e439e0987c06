import * as vscode from 'vscode';
import type { HostQuestion } from '../../core/hosts/host-facts.ts';
import { problemOf } from '../../core/problem.ts';
import { hostStanding, setUpHost } from '../../runner/hosts/host-state.ts';
import { factLines, reachQuestion, setUpSentence } from '../../words/hosts.ts';
import { oneLine, plain } from '../../words/plain.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { withProgress } from '../with-progress.ts';

interface Asked {
  /** The user named this very host, and it is looked at in any case; else a file did, and the user is asked first. */
  readonly isMeant: boolean;
  readonly retry: () => unknown;
  /** What is to run there. */
  readonly experiment?: vscode.Uri;
}

/** Whether the agent is on a host: put there, after asking, where it is not. What goes wrong is told. */
export async function hostReady(lab: Lab, name: string, { isMeant, ...remedy }: Asked): Promise<boolean> {
  try {
    if (!isMeant && (await hostStanding(name)).state === 'ready') return true;
    await withProgress(`Making ${plain(name)} ready`, ({ signal, tell }) => {
      tell('looking at it', null);
      return setUpHost(name, {
        agree,
        isMeant,
        signal,
        news: ({ progress, detail }) => {
          if (detail) lab.log.trace(plain(detail, 500));
          if (progress) tell(oneLine(progress, 120), null);
        },
      });
    });
    return true;
  } catch (error) {
    const problem = problemOf(error);
    // Who said no needs not be told of it.
    if (problem.code !== 'host_not_agreed') showProblem(lab, problem, { ...remedy, host: name });
    return false;
  }
}

/** Nothing is reached for, or put anywhere, without a yes. */
async function agree(question: HostQuestion): Promise<boolean> {
  const name = plain(question.host.name);
  const [message, detail, yes] =
    question.kind === 'reach'
      ? [`Reach for ${name}?`, reachQuestion(question.host), 'Look at It']
      : [`Set up the agent on ${name}?`, setUpDetail(question), 'Set Up'];
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, yes)) === yes;
}

function setUpDetail({ facts, environment }: HostQuestion & { kind: 'set_up' }): string {
  const data = 'Evaluation data is sent when an experiment runs there; models are the host’s own.';
  return [...factLines(facts), '', setUpSentence(facts, environment), data].join('\n');
}
