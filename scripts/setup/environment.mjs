/** How a command finds what was set up.
 * @param {{python: string, mergekit: string}} tools
 */
export function environment(tools) {
  return { ...process.env, MERGE_LAB_PYTHON: tools.python, MERGE_LAB_MERGEKIT_PYTHON: tools.mergekit };
}
