/** `MERGE_LAB_CHROMIUM`, else the first where systems keep one; null where there is none. */
export function findChromium(): string | null;
