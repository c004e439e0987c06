/** Every model by itself, the best first: bits per byte with intervals, by family. */
import type { EnsembleReport, ModelScore } from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { estimated } from '../../../../words/estimates.ts';
import { loss, NONE } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { copyText } from '../../../../words/relations.ts';
import { servedNames } from '../../../../words/to-serve.ts';
import { bytes, flops, parameters } from '../../../../words/units.ts';
import { type BarFigure, padded } from '../figure.ts';
import { barEnds, valueRows } from '../series.ts';

/** More bars than these cannot be told apart; the table has them all. */
const MOST_BARS = 64;
const OUT = 'out';
const IN = 'in';
const RUN = 'reseed';
const BITS = 'quantisation';
const MERGE = 'merge';

export function modelFigure(report: EnsembleReport): BarFigure {
  const members = new Set(servedNames(report));
  const models = [...report.models].sort((a, b) => a.bits_per_byte.value - b.bits_per_byte.value);
  const [, max] = padded(0, Math.max(...models.flatMap(({ bits_per_byte }) => barEnds(bits_per_byte))));
  const groupOf = ({ name, null_kind, merge_of }: ModelScore) => {
    if (null_kind !== null) return null_kind;
    if (merge_of !== null) return MERGE;
    return members.has(name) ? IN : OUT;
  };
  const groups = [
    { id: IN, label: 'To be served', ink: 'green', filled: true },
    { id: OUT, label: 'Not to be', ink: 'muted', filled: false },
    { id: MERGE, label: 'A merge: served as one model', ink: 'purple', filled: true },
    { id: RUN, label: 'Another run: what it adds is noise', ink: 'red', filled: false },
    { id: BITS, label: 'In fewer bits: what it adds is noise', ink: 'yellow', filled: false },
  ] as const;
  const domains = report.samples.domains.map(({ name }) => name);
  return {
    kind: 'bars',
    title: 'Models by themselves',
    summary: `Bits per byte of each of ${models.length} models, from ${plain(models[0]?.name ?? '')} to ${plain(models.at(-1)?.name ?? '')}${models.length > MOST_BARS ? `; the best ${MOST_BARS} are drawn` : ''}.`,
    x: { title: 'bits per byte', min: 0, max, least: 0, most: max },
    groups: groups.filter(({ id }) => models.some((model) => groupOf(model) === id)),
    bars: models.slice(0, MOST_BARS).map((model) => ({
      label: plain(model.name, 28),
      value: model.bits_per_byte.value,
      low: model.bits_per_byte.low,
      high: model.bits_per_byte.high,
      group: groupOf(model),
      tip: {
        title: plain(model.name),
        rows: [...valueRows('bits per byte', model.bits_per_byte), ...factsOf(model)],
      },
    })),
    table: {
      columns: [
        { title: 'Model', text: true },
        { title: 'Family', text: true },
        { title: 'Parameters' },
        { title: 'Weights' },
        { title: 'For a token' },
        { title: 'Bits per byte (95%)' },
        ...domains.map((name) => ({ title: plain(name, 24) })),
        { title: 'In no pool', text: true },
      ],
      rows: models.map((model) => [
        plain(model.name),
        plain(model.family),
        parameters(model.parameters.total),
        bytes(model.serving_bytes),
        flops(model.flops_per_token),
        estimated(model.bits_per_byte),
        ...model.domains.map((value) => (value === null ? NONE : loss(value))),
        outsideText(model),
      ]),
      csv: {
        columns: [
          ...[
            'model',
            'family',
            'parameters',
            'active_parameters',
            'embedding_parameters',
            'serving_bytes',
            'flops_per_token',
          ],
          ...['bits_per_byte', 'low', 'high', ...domains, 'null_of', 'merge_of'],
        ],
        rows: models.map((model) => [
          ...[
            model.name,
            model.family,
            model.parameters.total,
            model.parameters.active,
            model.parameters.embedding,
          ],
          ...[model.serving_bytes, model.flops_per_token],
          ...[model.bits_per_byte.value, model.bits_per_byte.low, model.bits_per_byte.high],
          ...model.domains,
          model.null_of,
          model.merge_of?.join(' ') ?? null,
        ]),
      },
    },
  };
}

function factsOf(model: ModelScore): (readonly [string, string])[] {
  const { total, active, embedding } = model.parameters;
  return [
    ['family', plain(model.family)],
    ['parameters', parameters(total)],
    ['of them embeddings', parameters(embedding)],
    ...(active < total ? [['used per token', parameters(active)] as const] : []),
    ['weights', bytes(model.serving_bytes)],
    ...(outsideText(model) === '' ? [] : [['in no pool', outsideText(model)] as const]),
  ];
}

function outsideText(model: ModelScore): string {
  return model.merge_of === null ? copyText(model) : `merge of ${names(model.merge_of, 6)}`;
}
