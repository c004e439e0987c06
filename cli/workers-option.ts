import { InvalidArgumentError } from 'commander';
import { isWorkers, MOST_WORKERS, type Workers } from '../core/hosts/host.ts';

/** `auto`, or a number. Throws what commander shows. */
export function workersOption(text: string): Workers {
  const value = text === 'auto' ? text : Number(text);
  if (isWorkers(value)) return value;
  throw new InvalidArgumentError(`It is auto, or a number from 1 to ${MOST_WORKERS}.`);
}
