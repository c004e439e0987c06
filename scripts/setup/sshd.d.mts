/** `MERGE_LAB_SSHD`, else the first where systems keep one; null where there is none. */
export function findSshd(): string | null;
/** What to do where there is none. */
export const sshdAdvice: string;
