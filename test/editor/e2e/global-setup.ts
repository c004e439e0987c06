/** Builds and packages the extension, and installs the package as people do, once for all journeys. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildAll } from '../../../scripts/build/all.ts';
import { makeVsix } from '../../../scripts/package/vsix.ts';
import { finishSample } from '../finished-sample.ts';
import { installVsix } from '../install.ts';
import { root } from '../installed.ts';
import { Profile } from '../profile.ts';
import { testSettings } from '../settings.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of extensions with the packaged one in it. */
    readonly extensions: string;
    readonly vsix: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const [vsix, profile] = await Promise.all([packaged(), finishSample()]).then(([made]) => made);
  project.provide('extensions', profile.extensions);
  project.provide('vsix', vsix);
  return () => profile.remove();
}

async function packaged(): Promise<[vsix: string, installed: Profile]> {
  const made = await makeVsix(root, await buildAll());
  const profile = new Profile({ user: testSettings });
  // A copy: whoever packages again meanwhile disturbs nobody.
  const vsix = path.join(profile.folder, path.basename(made.file));
  cpSync(made.file, vsix);
  await installVsix(vsix, profile);
  return [vsix, profile];
}
