import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/**
 * Goes to the sizes of an experiment in the open picker "Insert Expert Subset", which begins where it likes: with the
 * experiment used last, or the one with the newest numbers, or by asking.
 * @returns the row of the recommended subset
 */
export async function chooseExperiment(window: Workbench, file: string): Promise<Locator> {
  const experiment = window.picks.filter({ hasText: file }).first();
  const method = window.picks.filter({ hasText: 'the answer of the experiment' }).first();
  const recommended = window.picks.filter({ hasText: 'recommended' }).first();
  await experiment.or(method).or(recommended).first().waitFor();
  if (await method.isVisible()) {
    await window.quickInput.getByRole('button', { name: 'Back' }).click();
    await experiment.waitFor();
  }
  if (await experiment.isVisible()) await experiment.click();
  await recommended.waitFor();
  return recommended;
}
