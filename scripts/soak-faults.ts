/**
 * Random faults amid runs on a host, at random moments: `node scripts/soak-faults.ts [TIMES] [SEED] [MINUTES]`, each so many
 * times (50 at most). What failed is named by its world and place, which its seed brings back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Chance } from '../test/ssh/faults/fault.ts';
import { FaultWorld } from '../test/ssh/faults/fault-world.ts';
import { FAULTS } from '../test/ssh/faults/faults.ts';
import { whyNoSshd } from '../test/ssh/sshd.ts';

const [times = 50, seed = 20260729, minutes = Number.POSITIVE_INFINITY] = process.argv.slice(2).map(Number);
const ACTS_OF_A_WORLD = 12;
const MASKS = 100;
const LONGEST_PAUSE_MS = 2_000;

const random = xoroshiro128plus(seed);
const chance: Chance = () => uniformFloat64(random);
const end = performance.now() + minutes * 60_000;
const counts = new Map<string, number>();
let failed = 0;

const why = whyNoSshd();
if (why !== null) throw new Error(why);
const wanted = shuffled(Object.keys(FAULTS).flatMap((name) => Array<string>(Math.min(50, times)).fill(name)));
for (let world = 0; wanted.length > 0 && performance.now() < end; world += 1)
  await inOneWorld(world, wanted.splice(0, ACTS_OF_A_WORLD));
for (const [name, count] of [...counts].sort())
  process.stdout.write(`${String(count).padStart(3)} × ${name}\n`);
process.stdout.write(
  `${[...counts.values()].reduce((a, b) => a + b, 0)} held, ${failed} failed, seed ${seed}\n`,
);
process.exit(failed === 0 ? 0 : 1);

async function inOneWorld(number: number, names: readonly string[]): Promise<void> {
  const world = await FaultWorld.start(MASKS);
  let at = 'its end';
  try {
    for (const [i, name] of names.entries()) {
      if (performance.now() > end) break;
      at = `${i}: ${name}`;
      await world.amid();
      await pause(chance() * LONGEST_PAUSE_MS);
      const known = world.results();
      const began = performance.now();
      await FAULTS[name]?.(world, chance);
      await world.aftermath(known);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`ok   world ${number}, ${at} (${seconds} s)\n`);
    }
    at = 'its end';
    await world.finish();
  } catch (error) {
    failed += 1;
    const said = error instanceof Error ? error.message : String(error);
    process.stdout.write(`FAIL seed ${seed}, world ${number}, ${at}: ${said}\n`);
  } finally {
    await world.remove();
  }
}

function shuffled(names: string[]): string[] {
  for (let last = names.length - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1));
    [names[last], names[other]] = [names[other] ?? '', names[last] ?? ''];
  }
  return names;
}
