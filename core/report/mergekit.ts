import { stringify } from 'yaml';
import { isLocalFolder } from '../experiment/local-folder.ts';
import type { PlanHeader, PlanMethod, PlanModel } from '../store/format.ts';

/** Which merge is meant: a size and method of a plan, the subset in pool order, and a seed where masks are random. */
export interface MergeChoice {
  readonly size: string;
  /** Index into the header's methods. */
  readonly method: number;
  readonly subset: readonly string[];
  readonly seed: number | null;
  /** w of θ0 + Σ w·v, instead of a method. */
  readonly weights?: ReadonlyMap<string, number>;
}

/**
 * The configuration with which mergekit (0.1.5) makes the same merge, computed in float32. Null where there is none:
 * our own random masks, trimming over a whole model, common rows of embeddings.
 *
 * Local folders are named by their absolute paths on the machine that the plan was made for.
 *
 * @param outDtype of the stored tensors, e.g. `bfloat16`; left out, mergekit writes float32
 */
export function mergekitYaml(header: PlanHeader, choice: MergeChoice, outDtype?: string): string | null {
  const spec = header.methods[choice.method];
  const size = header.sizes[choice.size];
  if (!spec || !size || choice.subset.length === 0 || header.embeddings !== 'exact') return null;
  const recipe = choice.weights ? WEIGHTED : recipeOf(spec, choice.subset.length);
  if (!recipe) return null;
  const models = choice.subset.map((name) => {
    const expert = size.experts[name];
    const weight = (choice.weights?.get(name) ?? 1 / choice.subset.length) * recipe.weightSum;
    return { model: expert ? sourceOf(size.base, expert) : name, parameters: { weight, ...recipe.each } };
  });
  const document = {
    merge_method: recipe.merge_method,
    base_model: locationOf(size.base),
    models,
    parameters: recipe.shared,
    dtype: 'float32',
    ...(outDtype === undefined ? {} : { out_dtype: outDtype }),
    tokenizer_source: 'base',
  };
  const command =
    choice.seed === null ? '' : `# mergekit-yaml THIS_FILE OUT_FOLDER --random-seed ${choice.seed}\n`;
  return command + stringify(document);
}

/** The method has no say. */
const WEIGHTED: Recipe = {
  merge_method: 'task_arithmetic',
  weightSum: 1,
  each: {},
  shared: { normalize: false },
};

interface Recipe {
  readonly merge_method: string;
  /** Sum of the models' weights. */
  readonly weightSum: number;
  readonly each: Readonly<Record<string, number>>;
  readonly shared: Readonly<Record<string, number | boolean>>;
}

function recipeOf(spec: PlanMethod, k: number): Recipe | null {
  switch (spec.method) {
    case 'average':
      return { merge_method: 'task_arithmetic', weightSum: 1, each: {}, shared: { normalize: false } };
    case 'task_arithmetic': {
      const weightSum = spec.normalize ? spec.scale : spec.scale * k;
      return { merge_method: 'task_arithmetic', weightSum, each: {}, shared: { normalize: false } };
    }
    case 'ties':
      // Weights that sum to k are 1 each where they are equal: normalising divides by the number agreeing.
      return spec.trim_scope === 'tensor'
        ? {
            merge_method: 'ties',
            weightSum: k,
            each: { density: spec.density },
            shared: { normalize: true, lambda: spec.scale },
          }
        : null;
    case 'dare':
      return spec.compatibility === 'mergekit'
        ? {
            merge_method: 'dare_linear',
            weightSum: 1,
            each: { density: 1 - spec.drop_rate },
            shared: { normalize: false },
          }
        : null;
    case 'dare_ties':
      return spec.compatibility === 'mergekit'
        ? {
            merge_method: 'dare_ties',
            weightSum: k,
            each: { density: 1 - spec.drop_rate },
            shared: { normalize: true, lambda: spec.scale },
          }
        : null;
    default:
      return spec satisfies never;
  }
}

/** mergekit applies an adapter to its base when both are joined by `+`. */
function sourceOf(base: PlanModel, expert: PlanModel): string {
  return expert.kind === 'adapter' ? `${locationOf(base)}+${locationOf(expert)}` : locationOf(expert);
}

/** A local folder is named relative to the experiment, and mergekit may run anywhere: its absolute folder then. */
function locationOf(model: PlanModel): string {
  return isLocalFolder(model.source) ? model.path : model.source;
}
