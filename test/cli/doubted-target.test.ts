import { describe, expect, it } from 'vitest';
import { doubtedText } from '../../cli/doubted-target.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { plainHost } from '../../core/hosts/host.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';

const targets: readonly TargetName[] = [{ host: plainHost('gpu-box'), from: 'hosts.yaml', isAgreed: true }];
const text = 'version: 1\ntarget: gpu-bx\n';
const told = (target: string, on?: string) =>
  doubtedText({ file: 'x.mergelab.yaml', text, target, on }, targets, styleFor({}, {}));

describe('a target that was mistyped', () => {
  it('is told at its place in the file, with what was meant', () => {
    expect(told('gpu-bx')).toMatch(
      /^warning x\.mergelab\.yaml:2:9: .*names "gpu-bx"\. \[target_unknown\]\n.*target: gpu-bx\n.* {9}~{6}\n {2}→ Did you mean `gpu-box`\?$/,
    );
  });

  it('is told of the command where that names it', () => {
    expect(told('gpu-bx', 'gpu-bx')).toMatch(/^--on: .*names "gpu-bx"\. Did you mean `gpu-box`\?$/);
  });

  it('is none where it is known, or near to nothing', () => {
    expect(told('gpu-box')).toBeNull();
    expect(told('elsewhere')).toBeNull();
    expect(told('ann@10.0.0.9')).toBeNull();
  });
});
