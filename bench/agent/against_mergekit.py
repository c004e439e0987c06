"""One merge and its score, here and by mergekit's command followed by loading and scoring with transformers.

Fair to the other side: its scoring is batched and padded to the longest of a batch, of samples sorted by
length, in the same dtype; the time in which Python imports transformers for it is not counted. mergekit in
process, imports excluded, is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from merge_lab_agent.evaluation import EvaluationSet, Sample
from merge_lab_agent.resident import ResidentModel
from merge_lab_agent.scoring import Scorer
from workloads import ROOT, half_billion, half_billion_evaluation, pool_of, sample_evaluations, sample_models

IN_PROCESS = """
import json, sys, time
from mergekit.scripts.run_yaml import main
times = []
for arguments in json.load(sys.stdin):
    begun = time.perf_counter()
    main(arguments, standalone_mode=False)
    times.append(time.perf_counter() - begun)
print(json.dumps(times))
"""


def mergekit_python() -> Path:
    named = os.environ.get("MERGE_LAB_MERGEKIT_PYTHON")
    return Path(named) if named else ROOT / ".venv-mergekit" / "bin" / "python"


def mergekit_arguments(folder: Path, base: Path, experts: list[Path]) -> list[str]:
    config = {
        "merge_method": "task_arithmetic",
        "base_model": str(base),
        "models": [{"model": str(path), "parameters": {"weight": 1.0}} for path in experts],
        "parameters": {"normalize": True},
        "dtype": "bfloat16",
    }
    (folder / "merge.yaml").write_text(json.dumps(config), encoding="utf-8")
    return [str(folder / "merge.yaml"), str(folder / "merged"), "--no-copy-tokenizer", "--quiet"]


def plain_score(
    folder: Path, evaluations: list[EvaluationSet], dtype: torch.dtype, batch_tokens: int
) -> float:
    """Load with transformers and score as a careful script would; returns the loss a token."""
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    total, scored = 0.0, 0
    with torch.inference_mode():
        for evaluation in evaluations:
            for batch in _batches(sorted(evaluation.samples, key=lambda s: len(s.tokens)), batch_tokens):
                longest = max(len(sample.tokens) for sample in batch)
                tokens = torch.zeros((len(batch), longest), dtype=torch.long)
                mask, labels = torch.zeros_like(tokens), torch.full_like(tokens, -100)
                for row, sample in enumerate(batch):
                    tokens[row, : len(sample.tokens)] = torch.tensor(sample.tokens)
                    mask[row, : len(sample.tokens)] = 1
                    labels[row, sample.scored] = tokens[row, sample.scored]
                logits = model(input_ids=tokens, attention_mask=mask, use_cache=False).logits
                wanted = labels[:, 1:] != -100
                loss = torch.nn.functional.cross_entropy(
                    logits[:, :-1][wanted].float(), labels[:, 1:][wanted], reduction="sum"
                )
                total += float(loss)
                scored += int(wanted.sum())
    return total / scored


def _batches(samples: list[Sample], batch_tokens: int) -> list[list[Sample]]:
    batches: list[list[Sample]] = []
    for sample in samples:
        if batches and (len(batches[-1]) + 1) * len(sample.tokens) <= batch_tokens:
            batches[-1].append(sample)
        else:
            batches.append([sample])
    return batches


def bench(
    title: str, base: Path, experts: dict[str, Path], evaluations: list[EvaluationSet], dtype: str, n: int
) -> None:
    resident = ResidentModel(pool_of(base, experts), dtype=dtype, device="cpu")
    scorer = Scorer(resident.model, device="cpu", dtype=dtype, batch_tokens=2048)
    names = list(experts)
    resident.apply({"method": "average"}, names[:1], None)  # first touch of files and buffers
    folder = Path(tempfile.mkdtemp(prefix="merge-lab-bench-"))
    command = [str(mergekit_python()), "-m", "mergekit.scripts.run_yaml"]
    ours: list[float] = []
    commands: list[float] = []
    scores: list[float] = []
    try:
        for _ in range(n):
            begun = time.perf_counter()
            resident.apply({"method": "average"}, names, None)
            found = sum(scorer.score(e).nll for e in evaluations) / sum(e.scored_tokens for e in evaluations)
            ours.append(time.perf_counter() - begun)
            arguments = mergekit_arguments(folder, base, list(experts.values()))
            begun = time.perf_counter()
            subprocess.run(command + arguments, check=True, capture_output=True)
            commands.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            theirs = plain_score(folder / "merged", evaluations, getattr(torch, dtype), 2048)
            scores.append(time.perf_counter() - begun)
        run = subprocess.run(
            [str(mergekit_python()), "-c", IN_PROCESS],
            input=json.dumps([arguments] * (n + 1)),
            check=True,
            capture_output=True,
            text=True,
        )
        inside = json.loads(run.stdout.splitlines()[-1])[1:]
    finally:
        shutil.rmtree(folder)
    mine, command_s, score_s, inside_s = (sum(t) / n for t in (ours, commands, scores, inside))
    print(
        f"{title}: ours {mine:.2f} s; mergekit's command {command_s:.2f} s + transformers {score_s:.2f} s: "
        f"{(command_s + score_s) / mine:.1f} times ours; in process {inside_s:.2f} s + {score_s:.2f} s: "
        f"{(inside_s + score_s) / mine:.1f} times ours (loss a token {found:.5f} and {theirs:.5f})",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["sample", "half_billion"])
    parser.add_argument("--merges", type=int, default=3)
    options = parser.parse_args()
    if options.only != "half_billion":
        bench("sample S, k = 9", *sample_models(), sample_evaluations(), "float32", options.merges)
    if options.only != "sample":
        evaluation = half_billion_evaluation(2048)
        bench("0.5B shape, k = 4, 2,048 tokens", *half_billion(), [evaluation], "bfloat16", options.merges)


if __name__ == "__main__":
    main()
