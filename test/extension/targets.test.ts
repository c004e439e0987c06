import { describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { completions } from '../../extension/language/completion.ts';
import { diagnostics } from '../../extension/language/diagnostics.ts';
import { hover } from '../../extension/language/hover.ts';
import { quickFixes } from '../../extension/language/quick-fixes.ts';
import { targetDiagnostics } from '../../extension/language/target-diagnostics.ts';
import { targetEdit } from '../../extension/language/target-edit.ts';
import { Targets } from '../../extension/language/targets.ts';
import { apply } from './apply.ts';
import { edited } from './edited.ts';

const targets: readonly TargetName[] = [
  { host: { ...plainHost('gpu-box'), ssh: 'ann@10.0.0.7' }, from: 'hosts.yaml', isAgreed: true },
  { host: plainHost('cluster'), from: 'ssh', isAgreed: false },
];
const HEAD =
  'base: ./base\nexperts: { a: ./a, b: ./b }\nevaluation: { data: "./eval/{domain}.json", domains: [x] }\n';
const of = (target: string) => edited(`${HEAD}target: ${target}\n`);

function told(target: string, known: readonly TargetName[] | undefined = targets): string[] {
  return targetDiagnostics(of(target), known).map(({ severity, message }) => `${severity}: ${message}`);
}

describe('the target in a text', () => {
  it('is underlined where nobody knows it, with what was meant; an address needs to be known by none', () => {
    expect(told('local')).toEqual([]);
    expect(told('cluster')).toEqual([]);
    expect(told('ann@10.0.0.9')).toEqual([]);
    expect(told('elsewhere')[0]).toMatch(/^warning: Neither .*names "elsewhere"/);
    expect(told('gpubox')[0]).toMatch(/Did you mean "gpu-box"\?$/);
    expect(told('"-oProxyCommand=x"')[0]).toMatch(/^error: .* is no host/);
    expect(targetDiagnostics(edited(HEAD), targets)).toEqual([]);
    // Before the lists are read, only what can be no host is told.
    expect(told('elsewhere', undefined)).toHaveLength(1);
    expect(targetDiagnostics(of('elsewhere'), undefined)).toEqual([]);
    const found = diagnostics(of('gpubox'), {
      exists: new Map(),
      folder: '/',
      home: '/',
      statistical: true,
      targets,
    });
    expect(found.map(({ code }) => code)).toEqual(['target_unknown']);
  });

  it('is mended by what was meant, and changed to any other', () => {
    const file = of('gpubox');
    const at = file.lines.position(file.text.indexOf('gpubox'));
    const fixes = quickFixes(file, { start: at, end: at }, targets);
    expect(fixes.map(({ title, kind }) => [title, kind])).toEqual([
      ['Write gpu-box instead of gpubox', 'mend'],
      ['Run on this machine', 'change'],
      ['Run on cluster', 'change'],
    ]);
    expect(apply(file.text, fixes[0]?.edits ?? [])).toBe(`${HEAD}target: gpu-box\n`);
    expect(apply(file.text, fixes[2]?.edits ?? [])).toBe(`${HEAD}target: cluster\n`);
  });

  it('is completed with this machine and the hosts', async () => {
    const text = `${HEAD}target: `;
    const found = await completions(text, text.length, { list: async () => [], roots: null, targets });
    expect(found.map(({ label }) => label)).toEqual(['local', 'gpu-box', 'cluster']);
    expect(found[1]?.detail).toContain('ann@10.0.0.7');
  });

  it('says under the mouse how it is reached, and that it is asked for first', () => {
    const words = (target: string): string => {
      const file = of(target);
      const at = file.lines.position(file.text.indexOf('target:') + 9);
      return (hover(file, at, targets)?.parts.join('\n') ?? '').replaceAll('\\', '');
    };
    expect(words('gpu-box')).toMatch(/reached as ann@10\.0\.0\.7 · hosts\.yaml · agreed to/);
    expect(words('cluster')).toContain('asks before its first use');
    expect(words('local')).toContain('This machine');
    expect(words('elsewhere')).toContain('ssh looks for it by this name');
  });
});

describe('another target', () => {
  it('is written where it stands, or at the end, and changes nothing else', () => {
    const change = (text: string, name: string): string | null => {
      const edit = targetEdit(text, name);
      return edit && apply(text, [edit]);
    };
    expect(change(`${HEAD}target: local # here\n`, 'gpu-box')).toBe(`${HEAD}target: gpu-box # here\n`);
    expect(change(`target:\n${HEAD}`, 'gpu-box')).toBe(`target: gpu-box\n${HEAD}`);
    expect(change(HEAD, 'gpu-box')).toBe(`${HEAD}target: gpu-box\n`);
    expect(change(HEAD.trimEnd(), 'local')).toBe(`${HEAD}target: local\n`);
    expect(change('a: 1\r\n', '123')).toBe('a: 1\r\ntarget: "123"\r\n');
    expect(change('{ base: ./base }', 'gpu-box')).toBeNull();
  });
});

describe('the lists of targets', () => {
  it('are read once for a burst of questions, and again when that is long ago', async () => {
    let [reads, now] = [0, 0];
    const read = async () => {
      reads += 1;
      return reads < 3 ? targets : [];
    };
    const lists = new Targets(read, () => now);
    expect([lists.isRead, lists.known]).toEqual([false, []]);
    expect(await Promise.all([lists.read(), lists.read(), lists.check()])).toEqual([targets, targets, true]);
    expect(reads).toBe(1);
    now = 6_000;
    expect(await lists.check()).toBe(false);
    lists.expire();
    expect(await lists.check()).toBe(true);
    expect([reads, lists.known]).toEqual([3, []]);
  });
});
