import { plain } from '../../words/plain.ts';
import { ProblemError } from '../problem.ts';
import type { EnsembleInput, EnsembleModel } from './types.ts';

/** Throws a Problem that names the model and sample where the input is not what types.ts says. */
export function checkInput(input: EnsembleInput): void {
  const S = input.bytes.length;
  if (input.domainOf.length !== S)
    throw wrong(`${S} samples have bytes but ${input.domainOf.length} have a domain.`);
  for (let s = 0; s < S; s++) {
    if (!(Number.isFinite(input.bytes[s]) && (input.bytes[s] as number) > 0))
      throw wrong(`Sample ${s} has ${input.bytes[s]} scored bytes, not a positive number.`);
    if (!input.domains[input.domainOf[s] as number])
      throw wrong(`Sample ${s} is of domain ${input.domainOf[s]}; there are ${input.domains.length}.`);
  }
  for (const { name, weight } of input.domains)
    if (weight !== null && !(Number.isFinite(weight) && weight >= 0))
      throw wrong(`The weight of domain ${plain(name)} is ${weight}, not zero or more.`);
  for (const [limit, value] of Object.entries(input.goal))
    if (value !== null && !(Number.isFinite(value) && value > 0))
      throw wrong(`The pool's limit of ${limit} is ${value}, not a positive number.`);
  const names = new Map<string, EnsembleModel>();
  for (const model of input.models) {
    if (names.has(model.name)) throw wrong(`Two models are named ${plain(model.name)}.`);
    names.set(model.name, model);
    checkModel(model, S);
  }
  for (const model of input.models) {
    const { name, mergeOf = [] } = model;
    checkNull(model, names);
    for (const member of mergeOf) checkMember(name, member, names);
  }
  for (const { members, nll } of input.averagedLogits ?? []) {
    const unknown = members.find((member) => !names.has(member));
    if (unknown !== undefined)
      throw wrong(`Averaged logits name a model that is not there: ${plain(unknown)}.`);
    if (members.length === 0) throw wrong('Averaged logits name no model.');
    checkLosses(`The averaged logits of ${members.map((member) => plain(member)).join(', ')}`, nll, S);
  }
  if (!input.models.some(({ nullOf, mergeOf }) => nullOf === null && !mergeOf))
    throw wrong('There is no model.');
}

function checkModel(
  { name, parameters, servingBytes, flopsPerToken, nll, overlong }: EnsembleModel,
  S: number,
): void {
  const sizes = {
    parameters: parameters.total,
    'serving bytes': servingBytes,
    'FLOPs per token': flopsPerToken,
  };
  for (const [what, value] of Object.entries(sizes))
    if (!(Number.isFinite(value) && value > 0))
      throw wrong(`Model ${plain(name)} has ${value} ${what}, not a positive number.`);
  checkLosses(`Model ${plain(name)}`, nll, S);
  const outside = overlong.find((s) => !(Number.isInteger(s) && s >= 0 && s < S));
  if (outside !== undefined)
    throw wrong(`Model ${plain(name)} calls sample ${outside} overlong; there are ${S}.`);
}

function checkLosses(what: string, nll: Float64Array, S: number): void {
  if (nll.length !== S) throw wrong(`${what} has ${nll.length} losses for ${S} samples.`);
  const at = nll.findIndex(
    (value) => !Number.isNaN(value) && !(value >= 0 && value < Number.POSITIVE_INFINITY),
  );
  if (at >= 0) throw wrong(`${what} has a loss of ${nll[at]} nats on sample ${at}.`);
}

function checkNull(
  { name, nullOf: of, parameters }: EnsembleModel,
  names: ReadonlyMap<string, EnsembleModel>,
): void {
  if (of === null) return;
  const original = names.get(of);
  const isSize = original?.parameters.total === parameters.total;
  if (original && original.nullOf === null && isSize) return;
  const why = !original ? 'is not there' : isSize ? 'is itself declared so' : 'has other parameters';
  throw wrong(`${plain(name)} is declared a reseed or quantisation of ${plain(of)}, which ${why}.`);
}

function checkMember(name: string, member: string, names: ReadonlyMap<string, EnsembleModel>): void {
  const known = names.get(member);
  if (known && known.nullOf === null && !known.mergeOf) return;
  const why = known ? 'is itself a merge or a copy' : 'is not there';
  throw wrong(`${plain(name)} is declared a merge of ${plain(member)}, which ${why}.`);
}

function wrong(message: string): ProblemError {
  return new ProblemError({
    code: 'ensemble_input',
    message,
    fix: 'Correct what is measured or declared there, and analyse again.',
  });
}
