"""A whole sweep against pure forward passes over the same batches: what merging and scoring add.

A pure pass is the least that any scorer must do: hidden states of every batch and logits at the scored
positions, on as many threads, with parameters left alone and no loss computed. Printed beside it: the same
with full logits, as a plain `model(**batch)` computes them.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from typing import Any

import torch
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.resident import ResidentModel
from merge_lab_agent.scoring import Scorer
from workloads import half_billion, half_billion_evaluation, pool_of, sample_evaluations, sample_models

METHODS: dict[str, dict[str, Any]] = {
    "average": {"method": "average"},
    "ties": {"method": "ties", "scale": 0.5, "density": 1.0, "trim_scope": "tensor"},
    "ties 0.2": {"method": "ties", "scale": 0.5, "density": 0.2, "trim_scope": "tensor"},
    "dare": {"method": "dare", "drop_rate": 0.2},
    "dare_ties": {"method": "dare_ties", "drop_rate": 0.2, "scale": 1.0},
}


def pure_pass(scorer: Scorer, evaluations: list[EvaluationSet], full: bool) -> float:
    begun = time.perf_counter()
    with torch.inference_mode(), scorer.threads():
        for evaluation in evaluations:
            for batch in scorer._batches_of([evaluation]):
                if full:
                    scorer.model(input_ids=batch.tokens, use_cache=False)
                else:
                    for _ in scorer._logits(batch, scorer.way):
                        pass
    return time.perf_counter() - begun


def bench(
    title: str, base: Any, experts: Any, evaluations: list[EvaluationSet], dtype: str, merges: int, full: bool
) -> None:
    """Pure pass, merge and scores take turns, so that a busy machine slows all alike."""
    pool = pool_of(base, experts)
    resident = ResidentModel(pool, dtype=dtype, device="cpu")
    scorer = Scorer(resident.model, device="cpu", dtype=dtype, batch_tokens=2048)
    names = list(experts)
    tokens = sum(evaluation.scored_tokens for evaluation in evaluations)
    size = f"{pool.base.parameters:,} parameters, {len(names)} experts"
    print(f"\n{title}: {size}, {tokens:,} scored tokens, {dtype}")
    for label, method in METHODS.items():
        seed = 0 if label.startswith("dare") else None
        subsets = list(itertools.islice(_subsets(names), merges))
        resident.apply(method, names, seed)  # masks and trims are computed once per expert, not per merge
        pure, merging, scoring, plain = [], [], [], []
        for subset in subsets:
            pure.append(pure_pass(scorer, evaluations, full=False))
            begun = time.perf_counter()
            resident.apply(method, subset, seed)
            merged = time.perf_counter()
            for evaluation in evaluations:
                scorer.score(evaluation)
            merging.append(merged - begun)
            scoring.append(time.perf_counter() - merged)
            if full:
                plain.append(pure_pass(scorer, evaluations, full=True))
        ratio = (sum(merging) + sum(scoring)) / sum(pure)
        middle = statistics.median((m + s) / p for m, s, p in zip(merging, scoring, pure))
        print(
            f"  {label:10s} sweep/pure {ratio:.3f} (median {middle:.3f}), "
            f"merge {1e3 * sum(merging) / merges:.1f} ms, "
            f"scores {1e3 * sum(scoring) / merges:.1f} ms, pure {1e3 * sum(pure) / merges:.1f} ms"
            + (f", sweep/full logits {(sum(merging) + sum(scoring)) / sum(plain):.3f}" if full else ""),
            flush=True,
        )


def _subsets(names: list[str]) -> Any:
    """k = 1..M in turn, each time another subset, as a sweep has them."""
    for turn in itertools.count():
        for k in range(1, len(names) + 1):
            yield [names[(turn + i) % len(names)] for i in range(k)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["sample", "half_billion"])
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--tokens", type=int, default=8192)
    parser.add_argument("--merges", type=int, default=54, help="on the sample; at 0.5B shape always k = 1..4")
    parser.add_argument("--dtype", default="bfloat16", help="at 0.5B shape")
    options = parser.parse_args()
    for label in set(METHODS) - set(options.methods):
        del METHODS[label]
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    if options.only != "half_billion":
        for dtype in ("float32",):
            bench("sample S", *sample_models(), sample_evaluations(), dtype, options.merges, True)
    if options.only != "sample":
        evaluation = half_billion_evaluation(options.tokens)
        bench("0.5B shape", *half_billion(), [evaluation], options.dtype, 4, False)


if __name__ == "__main__":
    main()
