/** What a Python says of itself, stage by stage: where it stops speaking is what is wrong with it. */

export const STAGES = ['python', 'agent', 'torch', 'transformers'] as const;
export type StageName = (typeof STAGES)[number];

/** `begun`: being loaded, and perhaps never done with. */
export type Stage =
  | { readonly state: 'begun' }
  | { readonly state: 'done'; readonly version: string; readonly protocol: number | null }
  | { readonly state: 'missing' }
  | { readonly state: 'out_of_memory' }
  | { readonly state: 'broken'; readonly error: string };

export type Stages = ReadonlyMap<StageName, Stage>;

const MARK = 'merge-lab-check ';

/** Runs in any Python since 2.6, so that an old one can say how old it is. The current folder holds no packages for it. */
export const STAGES_SCRIPT = `
import json, sys
def say(stage, **more):
    more["stage"] = stage
    sys.stdout.write("\\n${MARK}" + json.dumps(more) + "\\n")
    sys.stdout.flush()
say("python", version="%d.%d.%d" % tuple(sys.version_info[:3]))
if sys.version_info < (3, 10):
    sys.exit(0)
sys.path[:] = [folder for folder in sys.path if folder]
def agent():
    import merge_lab_agent
    return {"version": merge_lab_agent.__version__, "protocol": merge_lab_agent.PROTOCOL}
def torch():
    import torch
    if torch.ones(2).sum().item() != 2:
        raise RuntimeError("1 + 1 is not 2")
    return {"version": str(torch.__version__)}
def transformers():
    import transformers
    return {"version": str(transformers.__version__)}
modules = {"agent": "merge_lab_agent", "torch": "torch", "transformers": "transformers"}
for load in (agent, torch, transformers):
    stage = load.__name__
    say(stage)
    try:
        say(stage, **load())
    except MemoryError:
        say(stage, memory=True)
        sys.exit(0)
    except BaseException as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == modules[stage]
        say(stage, missing=missing, error="%s: %s" % (type(error).__name__, error))
        sys.exit(0)
`;

/** Other output, also of libraries that print, is passed over. */
export function readStages(output: string): Stages {
  const stages = new Map<StageName, Stage>();
  for (const line of output.split(/\r?\n/)) {
    if (!line.startsWith(MARK)) continue;
    const said = parse(line.slice(MARK.length));
    const name = STAGES.find((stage) => stage === said?.['stage']);
    if (name !== undefined && said !== null) stages.set(name, stageOf(said));
  }
  return stages;
}

function stageOf({ version, protocol, memory, missing, error }: Record<string, unknown>): Stage {
  if (typeof version === 'string')
    return { state: 'done', version, protocol: typeof protocol === 'number' ? protocol : null };
  if (memory === true || (typeof error === 'string' && OUT_OF_MEMORY.test(error)))
    return { state: 'out_of_memory' };
  if (missing === true) return { state: 'missing' };
  if (typeof error === 'string') return { state: 'broken', error: shorten(error) };
  return { state: 'begun' };
}

/** How libraries say it that do not raise MemoryError. "In static TLS block" is another trouble with a like name. */
const OUT_OF_MEMORY =
  /bad_alloc|failed to map segment|cannot allocate memory(?! in static TLS)|paging file is too small|not enough memory/i;

function shorten(text: string): string {
  const line = text.split(/\r?\n/).find((part) => part.trim() !== '') ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
