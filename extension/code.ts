/** All that the extension runs, evaluated step by step: each import happens when it is called. */

export const reading = () => import('../core/experiment/parse.ts');
export const starting = () => import('./start.ts');
