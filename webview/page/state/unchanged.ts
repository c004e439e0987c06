/** A function that answers as before while it is asked the same: what hangs on its answer is then not drawn again. */
export function unchanged<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { readonly args: Args; readonly result: Result } | null = null;
  return (...args) => {
    if (last?.args.length === args.length && last.args.every((arg, i) => arg === args[i])) return last.result;
    last = { args, result: compute(...args) };
    return last.result;
  };
}
