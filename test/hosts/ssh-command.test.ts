/** What ssh and a host's shell are told: constants alone, whatever a file says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { ProblemError } from '../../core/problem.ts';
import { SERVE, START_PYTHON } from '../../runner/hosts/scripts.ts';
import { LAUNCHER, scriptInput, sshArguments } from '../../runner/hosts/ssh-command.ts';

const plain = plainHost('box');

describe('the command for a host', () => {
  it('is the same whatever is said of the host, but for the place to connect to, which no option can be', () => {
    const usual = sshArguments(plain);
    expect(usual.slice(-3)).toEqual(['--', 'box', LAUNCHER]);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (ssh, python, directory, models) => {
        expect(sshArguments({ ...plain, python, directory, models })).toEqual(usual);
        try {
          const told = sshArguments({ ...plain, ssh });
          expect(told).toEqual([...usual.slice(0, -2), ssh, LAUNCHER]);
          expect(ssh.startsWith('-')).toBe(false);
        } catch (error) {
          expect((error as ProblemError).problem.code).toBe('host_invalid');
        }
      }),
      { seed: 3, numRuns: 300 },
    );
    expect(() => sshArguments({ ...plain, ssh: '-oProxyCommand=x' })).toThrow(ProblemError);
  });

  it('asks nothing, gives nothing of this machine away, and notices a connection that is dead', () => {
    const options = sshArguments(plain).filter((_, i, all) => all[i - 1] === '-o');
    expect(options).toEqual(
      expect.arrayContaining([
        'BatchMode=yes',
        'ForwardAgent=no',
        'ForwardX11=no',
        'ClearAllForwardings=yes',
        'PermitLocalCommand=no',
        'ServerAliveInterval=15',
        'ServerAliveCountMax=3',
      ]),
    );
    expect(options.filter((option) => /SendEnv|SetEnv|StrictHostKeyChecking/.test(option))).toEqual([]);
  });

  it('has its data in lines of their own, which nothing can add to', () => {
    for (const script of [START_PYTHON, SERVE]) {
      expect(script).not.toContain('\n');
      const hostile = `'; rm -rf "$HOME" \`id\` $(id) \\ ü`;
      expect(scriptInput(script, [hostile])).toBe(`${script}\n${hostile}\n`);
      for (const wrong of ['a\nid', 'a\0'])
        expect(() => scriptInput(script, [wrong])).toThrow(/holds a line break/);
    }
  });
});
