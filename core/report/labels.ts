import type { PlanMethod } from '../store/format.ts';

/** A short name for each method of an experiment: its kind, with the parameters that tell it from its like. */
export function methodLabels(methods: readonly PlanMethod[]): string[] {
  return methods.map((method) => {
    const alike = methods.filter((other) => other.method === method.method);
    if (alike.length === 1) return method.method;
    const own = parameters(method);
    const differing = Object.keys(own).filter(
      (name) => new Set(alike.map((other) => String(parameters(other)[name]))).size > 1,
    );
    const words = differing.flatMap((name) => {
      const value = own[name];
      if (name === 'scale' && differing.length === 1) return [String(value)];
      if (name === 'compatibility') return value === 'none' ? [] : [String(value)];
      if (typeof value === 'boolean') return value ? [name] : [`not ${name}`];
      return [`${name} ${value}`];
    });
    return [method.method, ...words].join(' ');
  });
}

function parameters(method: PlanMethod): Record<string, unknown> {
  const { method: _name, ...rest } = method;
  return rest;
}
