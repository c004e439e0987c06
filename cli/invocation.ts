/**
 * How a person types a command here: through npm in a checkout, by name where it is installed. What is printed as
 * advice must work when pasted. `on`: the host that was named for this call.
 */
export function invocation(env: NodeJS.ProcessEnv, command: string, file?: string, on?: string): string {
  const program = env['npm_lifecycle_event'] === undefined ? 'merge-lab' : 'npm run -s merge-lab --';
  const place = on === undefined ? [] : ['--on', on];
  return [program, command, ...(file === undefined ? [] : [quoted(file)]), ...place].join(' ');
}

/** For any shell: a path with spaces or marks goes into double quotes. */
function quoted(file: string): string {
  return /^[\w./\\:@%+=-]+$/.test(file) ? file : `"${file}"`;
}
