/** One thing to look at: how a person comes to it, as data for the script that takes the pictures. */
import type { Locator } from 'playwright-core';
import type { Sample } from '../../test/editor/sample.ts';
import type { Theme } from '../../test/editor/themes.ts';
import type { WindowSize } from '../../test/editor/window.ts';
import type { Workbench } from '../../test/editor/workbench.ts';

export interface Surface {
  /** Of the picture's file. */
  readonly name: string;
  /** What is open: the sample with its results, the sample before its first run, or no folder at all. */
  readonly on: Stage;
  readonly size?: WindowSize;
  /** All four unless said. */
  readonly themes?: readonly Theme[];
  /** Also a picture of the package, written there with `--media`; dark. */
  readonly media?: string;
  /** From a window with no editor open to what is to be seen. */
  readonly show: (window: Workbench, sample: Sample) => Promise<void>;
  /** The whole window unless said. */
  readonly part?: (window: Workbench) => Locator;
  /** Back again, where closing the editors is not enough. */
  readonly after?: (window: Workbench, sample: Sample) => Promise<void>;
}

export type Stage = 'finished' | 'fresh' | 'nothing';
