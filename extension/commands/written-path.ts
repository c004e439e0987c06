import path from 'node:path';

/** A folder as an experiment writes it: relative to its own, with forward slashes and a sign that it is a folder. */
export function writtenPath(from: string, to: string): string {
  const steps = path.relative(from, to).split(path.sep).join('/');
  if (path.isAbsolute(steps)) return steps;
  return steps.startsWith('../') || steps === '..' ? steps : `./${steps}`;
}
