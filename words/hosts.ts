/** What is said of a host, and what is asked before it is used. What the host says of itself is made harmless. */
import type { Host } from '../core/hosts/host.ts';
import type { HostFacts, HostLeftovers, Leftover } from '../core/hosts/host-facts.ts';
import type { HostView } from '../core/hosts/host-view.ts';
import type { ModelsOffer } from '../core/hosts/missing-model.ts';
import type { TargetName } from '../core/hosts/target-name.ts';
import { counted } from './numbers.ts';
import { plain } from './plain.ts';
import { bytes, roughly } from './units.ts';

/** What a look at a host found, a line each. */
export function factLines(facts: HostFacts): readonly string[] {
  return [
    plain(facts.system),
    `Python ${plain(facts.version)} at ${plain(facts.python, 200)}${facts.torch === null ? '' : `, PyTorch ${plain(facts.torch)}`}`,
    facts.gpus.length === 0 ? 'no NVIDIA card' : facts.gpus.map((gpu) => plain(gpu, 100)).join('; '),
    `${bytes(facts.free_bytes)} free at ${plain(facts.directory, 200)}`,
    `models: ${plain(facts.models, 200)}${facts.models_there ? '' : ' (not there yet)'}`,
    ...(facts.partitions.length === 0
      ? []
      : [`Slurm: ${facts.partitions.map((each) => plain(each, 100)).join('; ')}`]),
    ...(facts.ray === null ? [] : [`Ray ${plain(facts.ray)}`]),
  ];
}

/** Before a host that only a file names is reached for. */
export function reachQuestion({ name, ssh }: Host): string {
  const as = ssh === name ? '' : ` as ${plain(ssh)}`;
  return `The experiment wants to run on ${plain(name)}, reached with ssh${as}. Nothing is changed there before you agree again.`;
}

/** What is put where, before anything is. `environment`: whether packages are installed too. */
export function setUpSentence({ directory, source }: HostFacts, environment: boolean): string {
  if (source !== null && !environment)
    return `The agent is there already, in ${plain(directory, 200)}: that you agreed is remembered here, and nothing is copied.`;
  const packages = environment ? ', and a Python environment with PyTorch (up to 6 GB)' : '';
  return `Into ${plain(directory, 200)}, readable by you alone: the agent's source (less than 1 MB)${packages}. Nothing else of the host is changed.`;
}

/** `gpu-box lacks 2 models that are here: ./models/math, ./models/code (1.2 GB).` */
export function lackingSentence(offer: ModelsOffer): string {
  const { host, models } = offer;
  const shown = models.slice(0, models.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  const more = models.length - shown.length;
  const names = shown.map(({ source }) => plain(source, 120)).join(', ');
  const are = models.length === 1 ? 'is' : 'are';
  const rest = more === 0 ? '' : ` and ${more} more`;
  return `${plain(host)} lacks ${counted(models.length, 'model')} that ${are} here: ${names}${rest} (${offerSize(offer)}).`;
}

const MOST_NAMED = 12;

export function offerSize({ models }: ModelsOffer): string {
  return bytes(models.reduce((sum, { size }) => sum + size, 0));
}

/** What is left over on a host, a line each; none where nothing is. */
export function leftoverLines({ directory, leftovers, store_bytes }: HostLeftovers): readonly string[] {
  if (leftovers.length === 0) return [];
  const versions = leftovers.filter(({ age_seconds }) => age_seconds === null);
  const begun = leftovers.filter(({ age_seconds }) => age_seconds !== null);
  return [
    ...listed(`In ${plain(directory, 200)}, not needed by this version:`, versions),
    ...listed(
      `In ${plain(directory, 200)}, merged models that were not fetched and copies of models that did not end:`,
      begun,
    ),
    `Results and data (${bytes(store_bytes)}) stay: ${plain(`${directory.replace(/\/$/, '')}/store`, 200)}`,
  ];
}

function listed(title: string, found: readonly Leftover[]): readonly string[] {
  return found.length === 0 ? [] : [title, ...found.map((each) => `  ${leftoverText(each)}`)];
}

/** `store/merged/3f0a (1.2 GB, touched 3 days ago)`; of what stays why. */
function leftoverText({ name, bytes: size, age_seconds: age, in_use: stays }: Leftover): string {
  const touched = age === null ? '' : `, touched ${roughly(age)} ago`;
  const why = stays ? (age === null ? ', in use: stays' : ', less than a day: stays') : '';
  return `${plain(name, 200)} (${bytes(size)}${touched})${why}`;
}

/** `gpu-box, last seen 2026-11-23 14:05`; of one that is connected, its name. */
export function hostText({ name, link, seen }: HostView): string {
  const shown = plain(name, 30);
  if (link === 'connected') return shown;
  const last = seen === null ? 'nothing heard yet' : `last seen ${moment(seen)}`;
  return link === 'apart' ? `${shown}, ${last}` : `reconnecting to ${shown}, ${last}`;
}

/** `reached as user@gpu-box · hosts.yaml · agreed to`; what a name of a host stands for. */
export function targetText({ host, from, isAgreed }: TargetName): string {
  const source = { 'hosts.yaml': 'hosts.yaml', ssh: 'ssh configuration', agreed: 'used before' }[from];
  const reached = host.ssh === host.name ? '' : `reached as ${plain(host.ssh)}`;
  return [reached, source, isAgreed ? 'agreed to' : 'asks before its first use'].filter(Boolean).join(' · ');
}

/** To the minute, as the clock here shows it. */
export function moment(milliseconds: number): string {
  const at = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
