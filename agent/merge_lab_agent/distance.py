"""How far an expert lies from its base, judged by the fingerprint's sample: a wrong lineage shows at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.fingerprint import sample_ranges
from merge_lab_agent.safetensors_file import TensorInfo

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Distance:
    """`relative` is ‖v‖/‖θ0‖; `cosine` is between base and expert over matrices, 1 where it is not known."""

    relative: float
    cosine: float


def distance(base: Checkpoint, expert: Checkpoint | Adapter) -> Distance:
    """Estimate the distance of an expert that has been found to fit its base.

    Each tensor's sampled squares are scaled up to its size. NaN or infinity in the sample gives infinity.
    """
    if isinstance(expert, Adapter):
        return Distance(_adapter_norm(base, expert) / max(_norm(base), 1e-30), 1.0)
    moved = size = dot = base_square = expert_square = 0.0
    for name, info in base.tensors.items():
        other = expert.tensors.get(name)
        if other is None or not info.is_float or other.shape[1:] != info.shape[1:]:
            continue
        old, new, scale = _pair(base, expert, info, other)
        moved += scale * float(np.square(new - old).sum())
        size += scale * float(np.square(old).sum())
        if len(info.shape) > 1:  # norms' weights are near one in every model, related or not
            dot += scale * float((old * new).sum())
            base_square += scale * float(np.square(old).sum())
            expert_square += scale * float(np.square(new).sum())
    if not math.isfinite(moved + size):
        return Distance(math.inf, 1.0)
    lengths = math.sqrt(base_square * expert_square)
    return Distance(math.sqrt(moved / size) if size else 0.0, dot / lengths if lengths else 1.0)


def _pair(
    base: Checkpoint, expert: Checkpoint, info: TensorInfo, other: TensorInfo
) -> tuple[np.ndarray, np.ndarray, float]:
    """The same sampled entries of both models as float64, and how many entries each of them stands for."""
    width = (info.end - info.begin) // max(1, info.elements)
    common = min(info.elements, other.elements)  # rows beyond it exist in one model only
    places = [
        (begin // width, end // width)
        for begin, end in sample_ranges(info.name, info.end - info.begin)
        if end // width <= common
    ]
    old, new = base.read(info.name).flatten(), expert.read(info.name).flatten()
    sampled = sum(end - begin for begin, end in places)
    if not sampled:
        return np.zeros(0), np.zeros(0), 0.0
    return _entries(old, places), _entries(new, places), info.elements / sampled


def _entries(flat: torch.Tensor, places: list[tuple[int, int]]) -> np.ndarray:
    import torch

    entries: np.ndarray = torch.cat([flat[begin:end].double() for begin, end in places]).numpy()
    return entries


def _norm(base: Checkpoint) -> float:
    """‖θ0‖, estimated."""
    square = 0.0
    for info in base.tensors.values():
        if info.is_float and info.elements:
            old, _, scale = _pair(base, base, info, info)
            square += scale * float(np.square(old).sum())
    return math.sqrt(square)


def _adapter_norm(base: Checkpoint, adapter: Adapter) -> float:
    """‖Δ‖, exact for low-rank updates without building them: ‖BA‖² = tr((BᵀB)(AAᵀ))."""
    square = 0.0
    for name, target in adapter.targets.items():
        if target.saved is not None:
            delta = adapter.delta(name, base.read(name))
            square += float(delta.double().square().sum()) if delta is not None else 0.0
        elif target.a is not None and target.b is not None:
            a, b = adapter.read(target.a).double(), adapter.read(target.b).double()
            square += target.scaling**2 * float(((b.T @ b) * (a @ a.T)).sum())
    return math.sqrt(square) if math.isfinite(square) else math.inf
