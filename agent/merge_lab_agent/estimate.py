"""What a plan will take: seconds a merge, memory and disk, from byte counts and one small measurement.

Good to a factor of two or so; a run corrects the time by its first merges. What cannot fit is refused here.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.precision import activation_bytes
from merge_lab_agent.problem import Problem

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
# Python with torch and transformers, and the scorer's buffers for logits.
_PROCESS_BYTES = 600 << 20
# Task vectors, trims and masks stay within this (the run's own limit); beyond it they are read again.
_POOL_BYTES = 2 << 30
_KERNELS_A_LAYER = 40
_DISK_BYTES = 64 << 20
_MEASURE_SECONDS = 0.2
_MEASURE_PRODUCTS = 1_000_000_000  # multiply-adds in one timed product, at most


@dataclass(frozen=True)
class Geometry:
    """The widths that decide time and memory, read from a config with any architecture's names for them."""

    hidden: int
    intermediate: int
    layers: int

    @classmethod
    def of(cls, model: Checkpoint) -> Geometry:
        text = model.config.get("text_config")
        config = text if isinstance(text, dict) else model.config
        hidden = _first(config, ("hidden_size", "n_embd", "d_model"), 1024)
        return cls(
            hidden,
            _first(config, ("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"), 4 * hidden),
            _first(config, ("num_hidden_layers", "n_layer", "num_layers"), 24),
        )


@dataclass(frozen=True)
class Speed:
    """A second: `flops` in products of the model's width, `bytes` read or written by a copy."""

    flops: float
    bytes: float
    kernel_seconds: float


@dataclass(frozen=True)
class SizeLoad:
    """One size of the plan: its base and how many experts there are."""

    base: Checkpoint
    experts: int


def measure_speed(device: str, dtype: str, geometry: Geometry, batch_tokens: int) -> Speed:
    """Time a product of the model's own shape, a copy and an empty kernel: under a second together."""
    import torch

    # As many rows as a batch has: in small models threads wait for each other more than they compute.
    rows = min(batch_tokens, max(256, _MEASURE_PRODUCTS // (geometry.hidden * geometry.intermediate)))
    kind = getattr(torch, dtype)
    left = torch.randn(rows, geometry.hidden).to(device=device, dtype=kind)
    right = torch.randn(geometry.intermediate, geometry.hidden).to(device=device, dtype=kind)
    plain = torch.zeros(16 << 20, dtype=torch.uint8, device=device)
    little = torch.zeros(64, device=device)
    with torch.inference_mode():
        product = _seconds(lambda: torch.nn.functional.linear(left, right), device)
        copy = _seconds(lambda: plain.clone(), device)
        kernel = _seconds(lambda: little.add(1), device)
    flops = 2.0 * rows * geometry.hidden * geometry.intermediate
    return Speed(flops / product, 2.0 * plain.numel() / copy, kernel)


def _seconds(work: Any, device: str) -> float:
    """The shortest of several runs: what is left when nothing else disturbs."""
    import torch

    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < _MEASURE_SECONDS:
        start = time.perf_counter()
        work()
        if device.startswith("cuda"):
            torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - start)
    return max(best, 1e-9)


def seconds_per_merge(
    size: SizeLoad, evaluations: Sequence[EvaluationSet], speed: Speed, dtype: str, batch_tokens: int
) -> float:
    """One merge of half the pool, scored on every domain."""
    geometry, width = Geometry.of(size.base), _BYTES[dtype]
    tokens = sum(evaluation.tokens for evaluation in evaluations)
    scored = sum(evaluation.scored_tokens for evaluation in evaluations)
    batches = sum(-(-evaluation.tokens // batch_tokens) for evaluation in evaluations)
    vocabulary = size.base.vocabulary
    inner = max(0, size.base.parameters - vocabulary * geometry.hidden)
    products = 2.0 * (inner * tokens + vocabulary * geometry.hidden * scored) / speed.flops
    touched = tokens * geometry.layers * (20 * geometry.hidden + 6 * geometry.intermediate) * width
    touched += scored * vocabulary * (width + 3 * 4)
    merged = size.base.parameters * (4 * (2 + size.experts / 2) + width)
    kernels = batches * geometry.layers * _KERNELS_A_LAYER * speed.kernel_seconds
    return products + (touched + merged) / speed.bytes + kernels


def memory_bytes(size: SizeLoad, dtype: str, batch_tokens: int) -> int:
    """Anonymous memory of a run at its peak; mapped model files are not counted, the system can drop them."""
    geometry, parameters = Geometry.of(size.base), size.base.parameters
    vectors = min(_POOL_BYTES, 4 * parameters * (1 + size.experts))
    working = activation_bytes(batch_tokens, geometry.hidden, geometry.intermediate)
    return _PROCESS_BYTES + parameters * _BYTES[dtype] + vectors + working


def refuse_what_cannot_fit(needed: int, available: int, device: str, store: Path) -> list[Problem]:
    """`memory_too_small` or `disk_too_small`, with the numbers. `available` is 0 where it is not known."""
    problems = []
    if available and needed > available:
        problems.append(
            Problem(
                "memory_too_small",
                f"A run needs about {needed / 1e9:.1f} GB, but {device} has {available / 1e9:.1f} GB free.",
                "Close other programs, use dtype: bfloat16, a smaller model, or a device with more memory.",
            )
        )
    free = free_disk(store)
    if free < _DISK_BYTES:
        problems.append(
            Problem(
                "disk_too_small",
                f"The disk of {store} has {free / 1e6:.0f} MB free; results need at least "
                f"{_DISK_BYTES / 1e6:.0f} MB.",
                "Free some space, or move the experiment to a larger disk.",
                file=store,
            )
        )
    return problems


def free_disk(folder: Path) -> int:
    """Free bytes where `folder` lies or will lie."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


def _first(config: dict[str, Any], names: tuple[str, ...], otherwise: int) -> int:
    for name in names:
        value = config.get(name)
        if type(value) is int and value > 0:
            return value
    return otherwise
