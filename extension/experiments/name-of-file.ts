/** Of an experiment file, without its folder and endings. */
export function nameOfFile({ path }: { readonly path: string }): string {
  return (path.split('/').at(-1) ?? path).replace(/\.mergelab\.ya?ml$/, '');
}
