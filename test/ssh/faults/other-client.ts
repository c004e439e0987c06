/** A client in a process of its own, as another window is: `other-client.ts FILE HOME` follows and says so. */
import { ExperimentSession } from '../../../runner/experiment-session.ts';

const [file = '', home = ''] = process.argv.slice(2);
const session = await ExperimentSession.open(file, { home, agreeToHost: async () => false });
await session.plan();
let isSaid = false;
session.follow(({ status }) => {
  if (isSaid || status.length === 0) return;
  process.stdout.write('follows\n');
  isSaid = true;
});
