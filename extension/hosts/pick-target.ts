/** Which place is meant: this machine, or one of the user's hosts. */
import * as vscode from 'vscode';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { targetNames } from '../../runner/hosts/target-names.ts';
import { targetText } from '../../words/hosts.ts';
import { oneLine, plain } from '../../words/plain.ts';
import { showHostsFile } from './hosts-file.ts';

interface PlaceItem extends vscode.QuickPickItem {
  /** Null for another one, which is to be described. */
  readonly target: string | null;
}

interface Asked {
  readonly title: string;
  /** What is chosen now. */
  readonly current: string | null;
  readonly withLocal: boolean;
}

/** Undefined where the user went away. Reaches for none of them. */
export async function pickTarget({ title, current, withLocal }: Asked): Promise<string | undefined> {
  const found = await targetNames();
  const own = found.filter(({ from }) => from !== 'ssh');
  const items = [
    ...(withLocal ? [local(current)] : []),
    ...grouped('hosts', own, current),
    ...grouped(
      'ssh configuration',
      found.filter(({ from }) => from === 'ssh'),
      current,
    ),
    { label: '$(edit) Describe a host…', description: 'hosts.yaml', target: null },
  ];
  const picked = await vscode.window.showQuickPick<PlaceItem>(items, { title, matchOnDescription: true });
  if (picked?.target === null) await showHostsFile();
  return picked?.target ?? undefined;
}

function local(current: string | null): PlaceItem {
  return { label: `$(device-desktop) This machine${marked('local', current)}`, target: 'local' };
}

function grouped(title: string, names: readonly TargetName[], current: string | null): PlaceItem[] {
  if (names.length === 0) return [];
  return [
    { label: title, kind: vscode.QuickPickItemKind.Separator, target: null },
    ...names.map((each) => ({
      label: `$(remote) ${plain(each.host.name)}${marked(each.host.name, current)}`,
      description: oneLine(targetText(each)),
      target: each.host.name,
    })),
  ];
}

function marked(name: string, current: string | null): string {
  return name === current ? ' $(check)' : '';
}
