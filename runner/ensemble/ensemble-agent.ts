/** The agent as an ensemble needs it. Python starts only when one of its calls needs it. */
import * as z from 'zod';
import { ProblemError } from '../../core/problem.ts';
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import { preparedEnsembleSchema } from '../../core/store/ensemble/prepared.ts';
import type { PlanId, PrepareRequest } from '../../core/store/format.ts';
import { Agent } from '../agent.ts';
import { findPython } from '../python.ts';
import type { OpenOptions } from '../session-types.ts';

const launchedSchema = z.looseObject({
  run: z.string().min(1),
  state: z.enum(['started', 'queued', 'attached']),
  note: z.string().optional(),
});

interface Launch {
  readonly store: string;
  readonly plan: PlanId;
  readonly device: string;
  readonly allow_remote_code: readonly string[];
}

export class EnsembleAgent {
  readonly #options: Pick<OpenOptions, 'python' | 'signal'>;
  #agent: Agent | null = null;

  constructor(options: Pick<OpenOptions, 'python' | 'signal'>) {
    this.#options = options;
  }

  async prepare(request: PrepareRequest): Promise<PreparedEnsemble> {
    return this.#call('prepare', request, preparedEnsembleSchema);
  }

  async launch(request: Launch): Promise<z.output<typeof launchedSchema>> {
    return this.#call('launch', request, launchedSchema);
  }

  async dispose(): Promise<void> {
    await this.#agent?.dispose();
    this.#agent = null;
  }

  async #call<T>(method: string, params: unknown, schema: z.ZodType<T>): Promise<T> {
    const { python, signal } = this.#options;
    this.#agent ??= Agent.of(findPython(python));
    const answer = await this.#agent.request(method, params, signal ? { signal } : {});
    const result = schema.safeParse(answer);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new ProblemError({
      code: 'agent_error',
      message: `The agent's answer to ${method} is not understood: ${issue?.path.join('.')}: ${issue?.message}`,
      fix: 'Agent and client may be of different versions: set up the agent again with `npm run -s merge-lab -- doctor`.',
    });
  }
}
