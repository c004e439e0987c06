import path from 'node:path';
import * as z from 'zod';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { Agent } from '../../runner/agent.ts';
import { type AgentPython, findAgentPython } from '../../runner/agent-environment.ts';
import { findHarness } from '../../runner/downstream/harness.ts';
import { findPython } from '../../runner/python.ts';
import { userHome } from '../../runner/store-folder.ts';
import { plain } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { invocation } from '../invocation.ts';
import { problemText } from '../problem-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { table } from '../terminal/table.ts';

const environmentSchema = z.object({
  agent: z.string(),
  protocol: z.number(),
  python: z.string(),
  executable: z.string(),
  system: z.string(),
  torch: z.string().nullable(),
  transformers: z.string().nullable(),
  safetensors: z.string().nullable(),
  devices: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      memory_bytes: z.number().nullable(),
      free_memory_bytes: z.number().nullable(),
    }),
  ),
  disk: z.object({ free_bytes: z.number() }).nullable(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), fix: z.string() })),
});
type Environment = z.infer<typeof environmentSchema>;

const WHENCE: Readonly<Record<AgentPython['kind'], string>> = {
  named: 'named',
  env: 'named in MERGE_LAB_PYTHON',
  checkout: "the checkout's own",
  managed: 'set up for the editor',
  none: 'not set up',
};

/** `doctor`: what is installed, what is missing, and the command that mends it. 1 when something is missing. */
export async function doctor(context: Context, options: CommonOptions): Promise<ExitCode> {
  const { io } = context;
  const { environment, problems } = await examine(context);
  const home = userHome();
  const used = findAgentPython();
  const harness = environment && (await findHarness({}, context.signal)).version;
  const found = { node: process.versions.node, home, python: used, environment, harness, problems };
  if (options.json) printJson(io, found);
  else {
    const rows: string[][] = [['node', process.versions.node, path.normalize(process.execPath)]];
    rows.push(['interpreter', WHENCE[used.kind], used.python ?? '']);
    if (environment) rows.push(...rowsOf(environment));
    if (environment) rows.push(['lm-eval', harness ?? 'not installed', 'for downstream tasks only']);
    rows.push(['home', home, '']);
    const columns = [
      { title: '', align: 'left' },
      { title: '', align: 'left' },
      { title: '', align: 'left' },
    ] as const;
    print(
      io,
      table(
        columns,
        rows.map(([name = '', value = '', more = '']) => [
          io.style.dim(name),
          plain(value, 80),
          io.style.dim(plain(more, 200)),
        ]),
      ),
    );
    print(io);
    for (const problem of problems) print(io, problemText(problem, io.style));
    if (problems.length === 0)
      print(io, `${io.style.green('Everything needed is here.')} Try: ${invocation(io.env, 'run')} FILE`);
  }
  return problems.length === 0 ? 0 : 1;
}

async function examine(
  context: Context,
): Promise<{ readonly environment: Environment | null; readonly problems: readonly Problem[] }> {
  let agent: Agent | undefined;
  try {
    agent = Agent.of(findPython());
    const answer = await agent.request(
      'environment',
      { store: userHome() },
      { timeoutMs: 120_000, signal: context.signal },
    );
    const environment = environmentSchema.parse(answer);
    return { environment, problems: environment.problems };
  } catch (error) {
    if (error instanceof ProblemError) return { environment: null, problems: [error.problem] };
    throw error;
  } finally {
    await agent?.dispose();
  }
}

function rowsOf(environment: Environment): string[][] {
  const missing = 'missing';
  return [
    ['python', environment.python, environment.executable],
    ['agent', environment.agent, `protocol ${environment.protocol}`],
    ['torch', environment.torch ?? missing, ''],
    ['transformers', environment.transformers ?? missing, ''],
    ['safetensors', environment.safetensors ?? missing, ''],
    ...environment.devices.map((device) => [
      `device ${device.name}`,
      device.description,
      device.free_memory_bytes === null
        ? ''
        : `${bytes(device.free_memory_bytes)} free of ${bytes(device.memory_bytes ?? device.free_memory_bytes)}`,
    ]),
    ['disk', environment.disk === null ? 'unknown' : `${bytes(environment.disk.free_bytes)} free`, ''],
  ];
}
