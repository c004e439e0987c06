/** The set-up of what the editor's commands need: a VS Code, a Chromium. npm is a stand-in. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

const made: Checkout[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

/** An npm that lays out what it is asked for, as far as the set-up looks at it. */
const npm = `
import path from 'node:path';
const make = (...parts) => fs.mkdirSync(path.join(...parts), { recursive: true });
const prefix = process.argv[process.argv.indexOf('--prefix') + 1];
if (process.argv.includes('--prefix')) make(prefix, 'node_modules', 'code-server', 'lib', 'vscode');
else if (process.cwd().endsWith(path.join('lib', 'vscode'))) {
  for (const name of ['spdlog', 'native-watchdog']) {
    make('node_modules', '@vscode', name);
    fs.writeFileSync(path.join('node_modules', '@vscode', name, 'index.js'), 'needs a compiler');
  }
} else {
  make('node_modules');
  fs.writeFileSync('node_modules/.package-lock.json', '{}');
}`;

function checkout(npmScript = npm): Checkout {
  const fresh = new Checkout();
  made.push(fresh);
  fresh.npm(npmScript);
  fresh.python();
  for (const name of ['editor', 'screenshots'])
    writeFileSync(
      path.join(fresh.folder, 'scripts', `${name}.ts`),
      'console.log(process.env["MERGE_LAB_CHROMIUM"] ?? "none");\n',
    );
  return fresh;
}

const installs = (fresh: Checkout): string[] =>
  fresh.calls().filter((call) => call.startsWith('npm install'));
const spdlog = (fresh: Checkout): string =>
  path.join(
    fresh.folder,
    ...['.tools', 'vscode', 'node_modules', 'code-server', 'lib', 'vscode'],
    ...['node_modules', '@vscode', 'spdlog', 'index.js'],
  );

describe.skipIf(process.platform === 'win32')('a VS Code for this checkout', () => {
  it('is installed once, beside the packages, without scripts that compile', () => {
    const fresh = checkout();
    expect(fresh.run(['editor'])).toMatchObject({ code: 0 });
    const [server, inner, ...more] = installs(fresh);
    expect(server).toMatch(/--ignore-scripts .*--prefix \S+[\\/]\.tools[\\/]vscode code-server@\d/);
    expect(inner).toMatch(/--omit=dev --ignore-scripts/);
    expect(more).toEqual([]);
    expect(readFileSync(spdlog(fresh), 'utf8')).toContain('createRotatingLogger');

    expect(fresh.run(['editor'])).toMatchObject({ code: 0, err: '' });
    expect(fresh.calls()).toEqual([]);
  });

  it('is made anew where it was left half made', () => {
    const fresh = checkout();
    fresh.run(['editor']);
    fresh.calls();
    rmSync(spdlog(fresh));
    fresh.run(['editor']);
    expect(installs(fresh)).toHaveLength(2);
    expect(existsSync(spdlog(fresh))).toBe(true);
  });

  it('says in a sentence that it could not be downloaded', () => {
    const fresh = checkout(
      npm.replace("process.argv.includes('--prefix')", 'false') +
        "\nif (process.argv.includes('--prefix')) { console.error('npm error code EAI_AGAIN'); process.exit(1); }",
    );
    const { code, err } = fresh.run(['editor']);
    expect(code).toBe(1);
    expect(err).toMatch(/network did not answer: VS Code for the tests could not be downloaded\.\nCheck/);
    expect(err).not.toMatch(/^\s+at .*\.mjs/m);
  });
});

describe.skipIf(process.platform === 'win32')('a Chromium', () => {
  it('is the one that is named', () => {
    const fresh = checkout();
    const named = fresh.program('my-chromium', '');
    const { code, out } = fresh.run(['screenshots'], { MERGE_LAB_CHROMIUM: named });
    expect([code, out.trim()]).toEqual([0, named]);
  });

  it('that is named and not there is said, and nothing else is taken', () => {
    const fresh = checkout();
    const { code, err } = fresh.run(['screenshots'], { MERGE_LAB_CHROMIUM: '/no/such/chromium' });
    expect(code).toBe(1);
    expect(err).toMatch(/MERGE_LAB_CHROMIUM names \/no\/such\/chromium, which is not there\.\nCorrect it/);
  });
});
