/** What a journey begins with: a fresh VS Code with the packaged extension, and a copy of the sample. */
import { inject, onTestFinished } from 'vitest';
import { agentSettings } from '../installed.ts';
import { Profile } from '../profile.ts';
import { copySample, type Sample } from '../sample.ts';
import { type Settings, testSettings, trustSettings } from '../settings.ts';
import { stopRuns } from '../stop-runs.ts';
import { Workbench } from '../workbench.ts';

export interface JourneyOptions {
  /** Of its logs, and of the picture that is taken where it fails. */
  readonly name: string;
  /** What is open at first; the sample's folder and file unless said. */
  readonly open?: 'file' | 'folder' | 'nothing';
  readonly settings?: Settings;
  /** As on a machine where nothing was set up. */
  readonly withoutAgent?: boolean;
  /** Folders are not trusted until somebody says so. */
  readonly trust?: boolean;
  /** Which sample; the one without results unless said. */
  readonly sample?: (parent: string) => Sample | Promise<Sample>;
  /** What VS Code and the agent find in their environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Before VS Code starts. @returns the file to open, where it is another one */
  readonly prepare?: (sample: Sample) => string | undefined;
}

export interface Journey {
  readonly window: Workbench;
  readonly sample: Sample;
  readonly profile: Profile;
}

/** All of it ends with the test, runs included. */
export async function journey(options: JourneyOptions): Promise<Journey> {
  const profile = new Profile({
    user: { ...testSettings, ...(options.trust ? trustSettings : {}), ...options.settings },
    machine: options.withoutAgent ? {} : agentSettings(),
  });
  onTestFinished(() => profile.remove());
  // A sample with results is planned anew, which takes as long as VS Code needs to start.
  const making = (options.sample ?? copySample)(profile.folder);
  const window = await Workbench.start({
    name: options.name,
    profile,
    extensions: inject('extensions'),
    ...(options.trust ? { trust: true } : {}),
    ...(options.env ? { env: options.env } : {}),
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await window.screenshot(`failed-${options.name}`).catch(() => null);
    await window.close();
  });
  const sample = await making;
  onTestFinished(() => stopRuns(profile.folder));
  const file = options.prepare?.(sample) ?? sample.file;
  const { open = 'file' } = options;
  await window.goto(open === 'nothing' ? null : sample.folder, open === 'file' ? file : undefined);
  return { window, sample, profile };
}
