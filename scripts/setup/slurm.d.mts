/** Whether a cluster can be started on this machine. */
export function hasSlurm(): boolean;
/** What to do where there is none. */
export const slurmAdvice: string;
