/**
 * How a person types a command here: through npm in a checkout, by name where it is installed. What is printed as
 * advice must work when pasted.
 */
export function invocation(env: NodeJS.ProcessEnv, command: string, file?: string): string {
  const program = env['npm_lifecycle_event'] === undefined ? 'merge-lab' : 'npm run -s merge-lab --';
  return [program, command, ...(file === undefined ? [] : [quoted(file)])].join(' ');
}

/** For any shell: a path with spaces or marks goes into double quotes. */
function quoted(file: string): string {
  return /^[\w./\\:@%+=-]+$/.test(file) ? file : `"${file}"`;
}
