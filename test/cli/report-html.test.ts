/** `merge-lab report --html`: the golden store's report as one page. Its models are not at hand, and no Python is needed. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportDocument } from '../../core/report/report-document.ts';
import { STATE_ELEMENT } from '../../webview/html.ts';
import { decodeState } from '../../webview/page/state/decode-state.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const GOLDEN = path.join(import.meta.dirname, '..', 'fixtures', 'stores', 'three-experts');
const EXPERIMENT = 'three-experts.mergelab.yaml';
const PAGE = 'three-experts.report.html';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'merge-lab-page-'));
  cpSync(GOLDEN, path.join(folder, '.mergelab', 'local'), { recursive: true });
  cpSync(path.join(GOLDEN, EXPERIMENT), path.join(folder, EXPERIMENT));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function mergeLab(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: {
        ...process.env,
        MERGE_LAB_HOME: path.join(folder, 'home'),
        MERGE_LAB_PYTHON: path.join(folder, 'no-python-is-needed'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('report --html', () => {
  test('writes the page beside the experiment, and says where', async () => {
    const { code, out, err } = await mergeLab('report', EXPERIMENT, '--html');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^Written: three-experts\.report\.html \(\d+ kB\)\./);
    const page = readFileSync(path.join(folder, PAGE), 'utf8');
    expect(page).toMatch(/^<!DOCTYPE html>/);
    // Nothing is fetched: scripts and styles are in it.
    expect(page.slice(0, page.indexOf('<body>'))).not.toMatch(/<link/);
    expect(page).not.toMatch(/<script[^>]+src=/);
  });

  test('the page holds the report, every digit of it', async () => {
    const page = readFileSync(path.join(folder, PAGE), 'utf8');
    const state = page.match(new RegExp(`id="${STATE_ELEMENT}"[^>]*>(.*)</script>`))?.[1] ?? '';
    const { report, file } = decodeState(state);
    const { out } = await mergeLab('report', EXPERIMENT, '--json');
    expect(report && JSON.parse(JSON.stringify(reportDocument(report)))).toEqual(JSON.parse(out));
    expect(file).toBe(EXPERIMENT);
  });

  test('replaces a page of its own, and nothing else', async () => {
    expect((await mergeLab('report', EXPERIMENT, '--html', PAGE)).code).toBe(0);
    const notes = path.join(folder, 'notes.html');
    writeFileSync(notes, '<!DOCTYPE html>\nmine');
    const refused = await mergeLab('report', EXPERIMENT, '--html', 'notes.html');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/notes\.html is there already.*\[not_a_report_page\]/s);
    expect(readFileSync(notes, 'utf8')).toBe('<!DOCTYPE html>\nmine');
    mkdirSync(path.join(folder, 'pages'));
    const intoFolder = await mergeLab('report', EXPERIMENT, '--html', 'pages');
    expect(intoFolder.err).toMatch(/is a folder.*Name a file in it/s);
  });

  test('makes the folder that it is to go into, and answers in JSON where asked', async () => {
    const { code, out } = await mergeLab('report', EXPERIMENT, '--json', '--html', 'new/folder/page.html');
    const to = path.join(folder, 'new', 'folder', 'page.html');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ file: to, bytes: readFileSync(to).length });
  });

  test('what a page cannot honour is refused, not passed over', async () => {
    const { code, err } = await mergeLab('report', EXPERIMENT, '--html', 'other.html', '--method', 'average');
    expect(code).toBe(2);
    expect(err).toContain("cannot be used with option '--method <name>'");
    expect(existsSync(path.join(folder, 'other.html'))).toBe(false);
  });
});
