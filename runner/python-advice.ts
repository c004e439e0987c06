/** What to do about the agent's Python, in words that are right in a checkout and in the editor. */

export const SET_UP_AGENT =
  'Choose "Set up agent" in the editor, or run `npm run -s merge-lab -- doctor` in a checkout';

export const NAME_PYTHON = 'in the setting mergeLab.python or in MERGE_LAB_PYTHON';
