/**
 * What the whole experiment says beyond its answer: sizes against each other, donors against domains, what money buys.
 * Made once the numbers are complete: none of it changes what is recommended.
 */
import type { SizesLaw } from '../../law/sizes/sizes-law.ts';
import type { Planning } from '../../planning/planning.ts';
import type { Synergy } from '../../selection/synergy.ts';
import type { SynergyBlocks } from '../../selection/synergy-blocks.ts';

export interface Study {
  readonly planning: Planning | null;
  /**
   * Under the method that the headline answers for: the objective first, then each domain. Empty with a single size.
   */
  readonly sizes_law: readonly SizesLaw[];
  /** In the order of the report's cells; null where too little is measured. */
  readonly cells: readonly (CellStudy | null)[];
}

export interface CellStudy {
  readonly synergy: Synergy | null;
  /** Donors and receivers with like profiles, by the adjusted synergy. */
  readonly blocks: SynergyBlocks | null;
}
