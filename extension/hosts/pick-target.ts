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
  /** A second way to choose one, as the title of a button. */
  readonly aside?: string;
}

interface Picked {
  readonly target: string;
  /** Chosen by that button. */
  readonly isAside: boolean;
}

/** Undefined where the user went away. Reaches for none of them. */
export async function pickTarget({ title, current, withLocal, aside }: Asked): Promise<Picked | undefined> {
  const found = await targetNames();
  const own = found.filter(({ from }) => from !== 'ssh');
  const items: PlaceItem[] = [
    ...(withLocal ? [local(current)] : []),
    ...grouped('hosts', own, current),
    ...grouped(
      'ssh configuration',
      found.filter(({ from }) => from === 'ssh'),
      current,
    ),
    { label: '$(edit) Describe a host…', description: 'hosts.yaml', target: null },
  ];
  const buttons = aside ? [{ iconPath: new vscode.ThemeIcon('debug-step-over'), tooltip: aside }] : [];
  const picked = await chosen(
    title,
    items.map((item) => (item.target === null ? item : { ...item, buttons })),
  );
  if (!picked) return undefined;
  const { target } = picked.item;
  if (target !== null) return { target, isAside: picked.isAside };
  await showHostsFile();
  return undefined;
}

function chosen(
  title: string,
  items: readonly PlaceItem[],
): Promise<{ readonly item: PlaceItem; readonly isAside: boolean } | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<PlaceItem>();
    Object.assign(pick, { title, items, matchOnDescription: true });
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      resolve(item && { item, isAside: false });
      pick.hide();
    });
    pick.onDidTriggerItemButton(({ item }) => {
      resolve({ item, isAside: true });
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
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
