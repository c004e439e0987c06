/** The dashboard's page as it was built for the editor: `dist/webview`, built first where this checkout has none as new as its sources. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';

const root = path.join(import.meta.dirname, '..', '..');
const built = path.join(root, 'dist', 'webview');

export interface DashboardFiles {
  readonly script: string;
  readonly style: string;
}

/** @throws ProblemError `page_not_built` */
export async function dashboardFiles(): Promise<DashboardFiles> {
  const [script, style] = ['dashboard.js', 'dashboard.css'].map((name) => path.join(built, name)) as [
    string,
    string,
  ];
  try {
    if (modified(script) < newest(path.join(root, 'webview'))) {
      const { buildWebview } = await import('../../scripts/build/webview.ts');
      await buildWebview();
    }
    return { script: readFileSync(script, 'utf8'), style: readFileSync(style, 'utf8') };
  } catch (cause) {
    throw new ProblemError(
      {
        code: 'page_not_built',
        message: `The page that a report is written with is not in ${built}, and it cannot be built: ${firstLine(cause)}`,
        fix: 'Run `npm install`, then `npm run build`, in that checkout.',
      },
      { cause },
    );
  }
}

/** Milliseconds since 1970; 0 where there is no such file. */
function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|css)$/.test(name))
      .map((name) => modified(path.join(folder, name))),
  );
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
