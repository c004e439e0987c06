/** How a command finds what was set up.
 * @param {{python: string, mergekit: string, chromium: string | null}} tools
 */
export function environment(tools) {
  return {
    ...process.env,
    MERGE_LAB_PYTHON: tools.python,
    MERGE_LAB_MERGEKIT_PYTHON: tools.mergekit,
    ...(tools.chromium ? { MERGE_LAB_CHROMIUM: tools.chromium } : {}),
  };
}
