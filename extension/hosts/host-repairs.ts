/** What mends a problem of a host: a terminal in which ssh may ask, or the file that describes the host. */
import * as vscode from 'vscode';
import type { Problem } from '../../core/problem.ts';
import { plain } from '../../words/plain.ts';
import type { Repair } from '../repairs.ts';
import { openTerminal } from './host-terminal.ts';
import { showHostsFile } from './hosts-file.ts';

/** Told by what ssh says when it is asked by hand. */
const BY_HAND =
  /^(host_(key_changed|key_unknown|second_factor|password_wanted|login_refused|too_many_keys|silent|no_shell|connection_lost|failed)|ssh_(config_broken|key_unprotected))$/;
/** Told on the host itself, or mended by describing it otherwise. */
const DESCRIBED =
  /^(host_(python_missing|python_too_old|not_writable|noexec|disk_full|torch_missing)|venv_missing|pip_failed)$/;

/** Another one may be meant, or free. */
const ELSEWHERE = /^(host_(not_found|refused|unreachable|invalid)|target_unknown)$/;

export function hostRepairs({ code }: Problem, host: string, at?: vscode.Uri): readonly Repair[] {
  if (code === 'host_not_agreed') return [setUp(host)];
  if (BY_HAND.test(code)) return [connectByHand(host)];
  if (ELSEWHERE.test(code)) return at ? [runElsewhere(at)] : [openHostsFile()];
  return DESCRIBED.test(code) ? [connectByHand(host), openHostsFile()] : [];
}

function runElsewhere(at: vscode.Uri): Repair {
  const act = async (): Promise<boolean> => {
    await vscode.commands.executeCommand('mergeLab.runOn', at);
    return false;
  };
  return { title: 'Run on…', act };
}

function connectByHand(host: string): Repair {
  const act = async (): Promise<boolean> => {
    openTerminal(host);
    const picked = await vscode.window.showInformationMessage(
      `Answer what ssh asks in the terminal. Once ${plain(host)} lets you in without a question, try again.`,
      'Try Again',
    );
    return picked === 'Try Again';
  };
  return { title: 'Connect in a Terminal', act };
}

function setUp(host: string): Repair {
  const act = async (): Promise<boolean> => {
    await vscode.commands.executeCommand('mergeLab.setUpHost', { host });
    return false;
  };
  return { title: 'Set Up the Host', act };
}

function openHostsFile(): Repair {
  return {
    title: 'Open hosts.yaml',
    act: async () => {
      await showHostsFile();
      return false;
    },
  };
}
