/** What the tree shows of a host, as data. */
import type { HostView } from '../../core/hosts/host-view.ts';
import type { ListedHost } from '../../runner/hosts/host-state.ts';
import { factLines, moment } from '../../words/hosts.ts';
import { oneLine, plain } from '../../words/plain.ts';
import type { HostLook } from './host-looks.ts';

/** An experiment whose run goes on there, as this window knows it. */
export interface RunThere {
  readonly experiment: string;
  readonly link: HostView['link'];
  /** E.g. `37%`. */
  readonly progress: string;
}

export interface KnownOfHost {
  readonly listed: ListedHost;
  readonly look: HostLook;
  readonly runs: readonly RunThere[];
}

export interface HostLine {
  readonly icon: string;
  readonly label: string;
  readonly tooltip: string;
}

const STANDING: Readonly<Record<ListedHost['state'], string>> = {
  ready: 'agent ready',
  older: 'agent of another version: renewed with the next run',
  new: 'not set up',
};

/** How it is connected, else when it was seen last. */
export function hostStateText(known: KnownOfHost): string {
  const { seen } = known.look;
  return [...stateParts(known), seen && linkOf(known) === null ? `last seen ${moment(seen.at)}` : '']
    .filter(Boolean)
    .join(' · ');
}

/** The same for a narrow line: what counts first, and of a time as much as tells it from `now`. */
export function hostStateShort(known: KnownOfHost, now: number): string {
  const { seen } = known.look;
  if (!seen || linkOf(known) !== null) return stateParts(known).join(' · ');
  const [day = '', hour = ''] = moment(seen.at).split(' ');
  const isToday = moment(now).startsWith(day);
  return [...stateParts(known), `seen ${isToday ? hour : day}`].join(' · ');
}

function stateParts(known: KnownOfHost): string[] {
  const { listed, look } = known;
  const link = linkOf(known) ?? (look.problem ? 'out of reach' : look.seen ? '' : 'not looked at');
  return [link, listed.state === 'new' ? 'not set up' : ''].filter(Boolean);
}

/** Null where nothing here asks it. */
function linkOf({ look, runs }: KnownOfHost): string | null {
  if (look.isLooking) return 'connecting';
  const links = ['connected', 'reconnecting'] as const;
  return links.find((each) => runs.some(({ link }) => link === each)) ?? null;
}

export function hostIcon({ look, runs }: Omit<KnownOfHost, 'listed'>): string {
  if (look.isLooking || runs.some(({ link }) => link === 'reconnecting')) return 'loading~spin';
  if (runs.some(({ link }) => link === 'connected')) return 'vm-active';
  if (look.problem) return 'warning';
  return look.seen ? 'vm' : 'vm-outline';
}

export function hostLines({ listed, look, runs }: KnownOfHost): readonly HostLine[] {
  const { host, state } = listed;
  const line = (icon: string, label: string, tooltip = label): HostLine => ({
    icon,
    label: oneLine(label, 160),
    tooltip: oneLine(tooltip, 1000),
  });
  const [system = '', python = '', devices = '', disk = '', models = ''] = look.seen
    ? factLines(look.seen.facts)
    : [];
  return [
    ...runs.map(({ experiment, progress, link }) =>
      line(link === 'apart' ? 'debug-disconnect' : 'play-circle', [experiment, progress].join(' · ')),
    ),
    ...(look.problem
      ? [line('warning', look.problem.message, `${look.problem.message} ${look.problem.fix}`)]
      : []),
    line('plug', host.ssh === host.name ? 'reached by this name' : `reached as ${plain(host.ssh)}`),
    line(state === 'new' ? 'circle-outline' : 'check', STANDING[state]),
    ...(look.seen
      ? [
          line('circuit-board', devices),
          line('server-environment', system),
          line('symbol-misc', python),
          line('database', disk),
          line('folder-library', models),
        ]
      : []),
  ];
}
