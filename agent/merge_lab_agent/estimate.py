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
_DISK_BYTES = 64 << 20
_MEASURE_SECONDS = 0.2
_MEASURE_PRODUCTS = 1_000_000_000  # multiply-adds in one timed pass, at most
_MEASURE_WORDS = 32_768  # rows of the head; its time grows with them
_MEASURE_LENGTH = 64  # tokens of a sequence
# Rotary positions, padding, keys of other heads and Python between the operations.
_OVERHEAD = 1.5


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
    """Seconds of a token in one layer, and in the head with its cross-entropy; bytes a second of a copy."""

    layer_seconds: float
    head_seconds: float
    bytes: float


@dataclass(frozen=True)
class SizeLoad:
    """One size of the plan: its base and how many experts there are."""

    base: Checkpoint
    experts: int


def measure_speed(device: str, dtype: str, base: Checkpoint, batch_tokens: int) -> Speed:
    """Time one layer and one head of the model's own shape, on random numbers: about a second together."""
    import torch
    from torch.nn.functional import cross_entropy, linear, scaled_dot_product_attention, silu

    from merge_lab_agent.threads import threads_for

    geometry, kind = Geometry.of(base), getattr(torch, dtype)
    hidden, wide = geometry.hidden, geometry.intermediate
    words = min(base.vocabulary, _MEASURE_WORDS)
    rows = _rows(batch_tokens, hidden * (3 * hidden + 3 * wide))
    scored = _rows(batch_tokens, hidden * words)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape).div(hidden**0.5).to(device=device, dtype=kind)

    x_TD, square_DD, up_FD, down_DF, head_VD = (
        random(rows, hidden),
        random(hidden, hidden),
        random(wide, hidden),
        random(hidden, wide),
        random(words, hidden),
    )
    answers_T = torch.zeros(scored, dtype=torch.long, device=device)

    def layer() -> torch.Tensor:
        n_TD = x_TD * torch.rsqrt(x_TD.float().pow(2).mean(-1, keepdim=True) + 1e-6).to(kind)
        q_BTD = linear(n_TD, square_DD).view(-1, 1, _MEASURE_LENGTH, hidden)
        k_BTD = linear(n_TD, square_DD).view(-1, 1, _MEASURE_LENGTH, hidden)
        a_TD = scaled_dot_product_attention(q_BTD, k_BTD, k_BTD, is_causal=True).view(rows, hidden)
        o_TD = x_TD + linear(a_TD, square_DD)
        return o_TD + linear(silu(linear(o_TD, up_FD)) * linear(o_TD, up_FD), down_DF)

    def head() -> torch.Tensor:
        return cross_entropy(linear(x_TD[:1].expand(scored, -1), head_VD).float(), answers_T)

    plain = torch.zeros(16 << 20, dtype=torch.uint8, device=device)
    with torch.inference_mode(), threads_for(base.parameters):
        of_layer, of_head = _seconds(layer, device), _seconds(head, device)
        copy = _seconds(lambda: plain.clone(), device)
    return Speed(
        of_layer / rows, of_head / scored * base.vocabulary / max(1, words), 2.0 * plain.numel() / copy
    )


def _rows(batch_tokens: int, products: int) -> int:
    """As many rows as a batch has, whole sequences, unless one pass would take too long."""
    rows = min(batch_tokens, max(256, _MEASURE_PRODUCTS // products))
    return max(_MEASURE_LENGTH, rows // _MEASURE_LENGTH * _MEASURE_LENGTH)


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
    size: SizeLoad, evaluations: Sequence[EvaluationSet], speed: Speed, dtype: str
) -> float:
    """One merge of half the pool, scored on every domain."""
    tokens = sum(evaluation.tokens for evaluation in evaluations)
    scored = sum(evaluation.scored_tokens for evaluation in evaluations)
    layers = tokens * Geometry.of(size.base).layers * speed.layer_seconds
    head = scored * speed.head_seconds
    merged = size.base.parameters * (4 * (2 + size.experts / 2) + _BYTES[dtype]) / speed.bytes
    return _OVERHEAD * (layers + head) + merged


def memory_bytes(size: SizeLoad, dtype: str, batch_tokens: int) -> int:
    """Anonymous memory of a run at its peak; mapped model files are not counted, the system can drop them."""
    geometry, parameters = Geometry.of(size.base), size.base.parameters
    vectors = min(_POOL_BYTES, 4 * parameters * (1 + size.experts))
    working = activation_bytes(batch_tokens, geometry.hidden, geometry.intermediate)
    return _PROCESS_BYTES + parameters * _BYTES[dtype] + vectors + working


def memory_together(loads: Sequence[int]) -> int:
    """Of several models in one process, each with its `memory_bytes`."""
    return sum(loads) - _PROCESS_BYTES * (len(loads) - 1)


NODE_UNKNOWN = "no merge was timed on the cluster yet"


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
