import { describe, expect, it } from 'vitest';
import { SetUpBar, type SetUpProgress } from '../../runner/set-up-progress.ts';
import { explain } from '../../runner/setup/failure.mjs';
import { PipProgress } from '../../runner/setup/pip-progress.mjs';

const usual = { bytes: 200e6, unpackingSeconds: 20, words: 'about 200 MB' };

describe("pip's progress", () => {
  it('is the part of the download that has arrived, then an approach to the end that never gets there', () => {
    const pip = new PipProgress('PyTorch', usual);
    expect(pip.look(0, 0)).toEqual({ words: 'Fetching PyTorch (about 200 MB)', done: 0 });
    pip.line('Downloading torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl (400.0 MB)');
    expect(pip.look(200e6, 500)).toEqual({
      words: 'Downloading PyTorch (400.0 MB)',
      done: expect.closeTo(0.3),
    });
    // A small one after it keeps the name of the large one, and its bytes.
    pip.line('Downloading markupsafe-3.0.4-cp311-cp311-manylinux2014_x86_64.whl (22 kB)');
    expect(pip.look(0, 500)).toEqual({
      words: 'Downloading PyTorch (400.0 MB)',
      done: expect.closeTo(0.6, 3),
    });
    pip.line('Downloading https://index.example/files/triton-3.7.1-cp310-cp310-manylinux.whl (1.5 GB)');
    expect(pip.look(0, 500).words).toBe('Downloading triton (1.5 GB)');
    pip.line('Installing collected packages: torch');
    expect(pip.look(0, 0)).toEqual({ words: 'Installing PyTorch', done: expect.closeTo(0.6) });
    const later = Array.from({ length: 100 }, () => pip.look(0, 5000).done);
    expect(later).toEqual([...later].sort((a, b) => a - b));
    expect(later[3]).toBeGreaterThan(0.9);
    expect(later.at(-1)).toBeLessThanOrEqual(1);
  });
});

describe('the bar of a set-up', () => {
  it('never goes back, and forgets what the last step said', () => {
    const seen: SetUpProgress[] = [];
    const bar = new SetUpBar((progress) => seen.push(progress));
    bar.phase({ name: 'torch', words: 'Downloading', done: 0.5 });
    bar.detail('a line');
    bar.phase({ name: 'torch', words: 'Downloading', done: 0.4 });
    bar.phase({ name: 'environment', words: 'Making', done: 1 });
    bar.waiting('Waiting');
    bar.phase({ name: 'proof', words: 'Starting', done: 7 });
    expect(seen.map(({ share }) => share)).toEqual([
      expect.closeTo(0.355),
      expect.closeTo(0.355),
      expect.closeTo(0.355),
      expect.closeTo(0.355),
      null,
      expect.closeTo(1),
    ]);
    expect(seen.map(({ detail }) => detail)).toEqual(['', 'a line', 'a line', '', '', '']);
  });
});

it('tells a certificate from a network, though pip speaks of retries in both', () => {
  const output = [
    "WARNING: Retrying (Retry(total=1)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)'))': /simple/torch/",
    "Could not fetch URL https://localhost/simple/torch/: There was a problem confirming the ssl certificate: HTTPSConnectionPool(host='localhost', port=443): Max retries exceeded with url: /simple/torch/",
    'ERROR: No matching distribution found for torch==2.13.0',
  ].join('\n');
  expect(explain('PyTorch', output, 'log').code).toBe('certificate_untrusted');
  expect(explain('PyTorch', output.replace(/SSL\w*|CERTIFICATE_\w+/g, ''), 'log').code).toBe(
    'network_unreachable',
  );
});
