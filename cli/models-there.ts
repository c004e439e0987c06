import type { ModelsOffer } from '../core/hosts/missing-model.ts';
import { problemOf } from '../core/problem.ts';
import type { MergeWatch } from '../runner/session-types.ts';
import { lackingSentence } from '../words/hosts.ts';
import type { CommonOptions, Context } from './command.ts';
import { agrees } from './host-consent.ts';
import { say } from './terminal/io.ts';
import { tellWriting } from './terminal/writing.ts';

interface Planning<Summary> {
  readonly offer: ModelsOffer | null;
  plan(): Promise<Summary>;
  sendModels(watch: MergeWatch): Promise<void>;
}

/** The plan. Where all that is wrong are models that lie here and not on the host, they are copied there first, after asking. */
export async function planned<Summary>(
  { io, signal }: Context,
  session: Planning<Summary>,
  { yes = false }: Pick<CommonOptions, 'yes'>,
): Promise<Summary> {
  try {
    return await session.plan();
  } catch (error) {
    const { offer } = session;
    if (!offer) throw error;
    say(io, lackingSentence(offer));
    const question = offer.models.length === 1 ? 'Copy it there?' : 'Copy them there?';
    if (!(await agrees(io, yes, { question, declined: 'Nothing was copied.' }))) throw error;
  }
  say(io, 'Copying …');
  try {
    await session.sendModels({ signal, onProgress: tellWriting(io) });
  } catch (error) {
    if (problemOf(error).code === 'cancelled')
      say(io, 'Stopped. What arrived is kept: the same command goes on.');
    throw error;
  }
  return session.plan();
}
