/**
 * `npm run test:desktop [-- --grep WORDS] [VERSION ...]`: the in-host suite on desktop VS Code, by default the oldest
 * that the extension supports and the newest. It downloads them, into `.tools/desktop`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { agentPython, agentSettings, root } from '../test/editor/installed.ts';
import { Life } from '../test/editor/life.ts';
import { Profile } from '../test/editor/profile.ts';
import { copySample } from '../test/editor/sample.ts';
import { testSettings } from '../test/editor/settings.ts';
import { buildAll } from './build/all.ts';
import { buildInHostTests } from './build/in-host-tests.ts';

const { values, positionals } = parseArgs({
  options: { grep: { type: 'string', short: 'g' } },
  allowPositionals: true,
});
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const oldest = String(manifest.engines.vscode).replace(/^[^\d]*/, '');
const versions = positionals.length > 0 ? positionals : [oldest, 'stable'];

await buildAll();
const tests = await buildInHostTests('');
let failures = 0;
for (const version of versions) {
  process.stdout.write(`\n== VS Code ${version}\n`);
  try {
    failures += await suiteOn(version);
  } catch (error) {
    process.stderr.write(`${reason(error, version)}\n`);
    failures += 1;
  }
}
process.exitCode = failures > 0 ? 1 : 0;

/** @returns how many tests failed */
async function suiteOn(version: string): Promise<number> {
  const life = new Life();
  const report = path.join(root, '.tools', 'desktop', `${version}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  try {
    // On a desktop all settings are the user's.
    const profile = new Profile({ user: { ...testSettings, ...agentSettings() } });
    life.defer(() => profile.remove());
    const sample = copySample(profile.folder);
    await runTests({
      version,
      cachePath: path.join(root, '.tools', 'desktop'),
      extensionDevelopmentPath: root,
      extensionTestsPath: tests,
      extensionTestsEnv: {
        MERGE_LAB_PYTHON: agentPython(),
        MERGE_LAB_HOME: profile.home,
        MERGE_LAB_TEST_REPORT: report,
        ...(values.grep ? { MERGE_LAB_TEST_GREP: values.grep } : {}),
      },
      launchArgs: [
        sample.folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        ...['--user-data-dir', profile.userData],
        ...['--extensions-dir', profile.extensions],
      ],
    }).catch((error: unknown) => {
      // Where tests fail it also ends with an error; the report says more.
      if (!existsSync(report)) throw error;
    });
    const { passed, failed, skipped } = JSON.parse(readFileSync(report, 'utf8'));
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    return failed;
  } finally {
    await life.end();
  }
}

function reason(error: unknown, version: string): string {
  const words = error instanceof Error ? error.message : String(error);
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|fetch|request/i.test(words)) return words;
  return `VS Code ${version} cannot be downloaded here (${words}).\nRun this where VS Code's own downloads can be reached; \`npm run test:editor\` runs the same suite without it.`;
}
