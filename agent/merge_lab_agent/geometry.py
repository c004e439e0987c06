"""Sums over the entries of task vectors v_i = θ_i − θ0: how long they are, and how they lie to each other.

One pass over base and experts, tensor by tensor from the mapped files. Large models are sampled: small
tensors whole, of others evenly spaced blocks, the same at every call. Sums are scaled up to the whole model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.layout import Slot, layout
from merge_lab_agent.problem import Problem
from merge_lab_agent.threads import one_thread

VALUES = 1 << 27
"""Entries read of base and experts together: at most 512 MB and a few seconds, however large the models."""
_WHOLE = 65_536  # entries up to which a tensor is never sampled
_BLOCK = 1024
_PIECE = 1 << 20  # entries of base and experts held at once: some 50 MB, and quicker than larger ones


@dataclass(frozen=True)
class Sums:
    """Over M experts; matrices [M, M] in float64, symmetric.

    `gram` is v_i·v_j, `shared` counts entries where both are not zero, `opposite` those of them with opposite
    signs. `base_square` is ‖θ0‖². All stand for `coordinates` entries, of which `sampled` were looked at.
    """

    coordinates: int
    sampled: int
    base_square: float
    gram: torch.Tensor
    shared: torch.Tensor
    opposite: torch.Tensor


@dataclass(frozen=True)
class Blocks:
    """Entries of a flat tensor: `count` blocks of `length`, one every `stride` entries."""

    begin: int
    count: int
    length: int
    stride: int

    @property
    def entries(self) -> int:
        return self.count * self.length

    def part(self, first: int, count: int) -> Blocks:
        begin = self.begin + first * self.stride
        return Blocks(begin, min(count, self.count - first), self.length, self.stride)


def measure(base: Checkpoint, experts: Sequence[Checkpoint | Adapter], values: int = VALUES) -> Sums:
    """The sums of experts that are known to fit their base. Rows that an expert lacks count as zeros of v.

    values: about how many entries to read of base and experts together.
    Raises: Problem `weights_not_finite`, and what reading a tensor raises.
    """
    slots = tuple(layout(base))
    m, total = len(experts), sum(slot.n for slot in slots)
    stride = _stride(total, values // (m + 1))
    gram, shared, opposite = (torch.zeros(m, m, dtype=torch.float64) for _ in range(3))
    base_square, sampled = 0.0, 0
    with one_thread():  # bound by memory, and the same digits whatever the number of cores
        for slot in slots:
            blocks = blocks_of(slot.n, stride)
            scale = slot.n / blocks.entries
            sampled += blocks.entries
            for base_C, v_MC in _pieces(base, experts, slot, blocks):
                base_square += scale * float(base_C.double().square().sum())
                v64_MC = v_MC.double()
                gram += scale * (v64_MC @ v64_MC.T)
                # Sums of at most 2^20 ones and minus ones are exact in float32.
                sign_MC = v_MC.sign()
                agreement = (sign_MC @ sign_MC.T).double()
                both = (sign_MC.abs_() @ sign_MC.T).double()
                shared += scale * both
                opposite += scale * (both - agreement) / 2
    _check_finite(base, experts, base_square, gram)
    return Sums(total, sampled, base_square, gram, shared, opposite)


def blocks_of(n: int, stride: int) -> Blocks:
    """Every entry of a small tensor, or of any where nothing is left out; else blocks from end to end."""
    if n <= _WHOLE or stride <= _BLOCK:
        return Blocks(0, n, 1, 1)
    count = 1 + (n - _BLOCK) // stride
    return Blocks((n - _BLOCK) % stride // 2, count, _BLOCK, stride)


def _stride(total: int, wanted: int) -> int:
    """Between blocks; odd, so that blocks do not return to the same columns of a matrix."""
    return _BLOCK if total <= wanted else math.ceil(_BLOCK * total / max(1, wanted)) | 1


def _pieces(
    base: Checkpoint, experts: Sequence[Checkpoint | Adapter], slot: Slot, blocks: Blocks
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """θ0 [C] and v [M, C], float32, of one tensor piece by piece."""
    stored = base.read(slot.name).reshape(-1)
    theirs = [_expert_tensor(base, expert, slot, blocks) for expert in experts]
    step = max(1, _PIECE // ((len(experts) + 1) * blocks.length))
    for first in range(0, blocks.count, step):
        part = blocks.part(first, step)
        base_C = picked(stored, part)
        v_MC = torch.zeros(len(experts), part.entries)
        for row_C, expert, tensor in zip(v_MC, experts, theirs):
            if tensor is None:
                continue
            if isinstance(expert, Adapter):
                row_C.copy_(tensor[first * blocks.length :][: part.entries])
            else:
                ours_C = base_C if tensor.numel() >= slot.n else picked(stored[: tensor.numel()], part)
                torch.sub(picked(tensor, part), ours_C, out=row_C)
        yield base_C, v_MC


def _expert_tensor(
    base: Checkpoint, expert: Checkpoint | Adapter, slot: Slot, blocks: Blocks
) -> torch.Tensor | None:
    """A checkpoint's stored tensor, flat; of an adapter's change the chosen entries, None for no change."""
    if isinstance(expert, Checkpoint):
        return expert.read(slot.name).reshape(-1)
    delta = expert.delta(slot.name, base.read(slot.name))
    return None if delta is None else picked(delta.reshape(-1), blocks)


def picked(flat: torch.Tensor, blocks: Blocks) -> torch.Tensor:
    """The blocks' entries of `flat` as float32 [blocks.entries]; zero where it ends before them."""
    out = torch.zeros(blocks.count, blocks.length)
    room = flat.numel() - blocks.begin - blocks.length
    whole = min(blocks.count, max(0, room // blocks.stride + 1))
    if whole:
        end = blocks.begin + (whole - 1) * blocks.stride + blocks.length
        out[:whole] = flat[blocks.begin : end].unfold(0, blocks.length, blocks.stride)
    if whole < blocks.count:
        rest = flat[blocks.begin + whole * blocks.stride :][: blocks.length]
        out[whole, : rest.numel()] = rest
    return out.reshape(-1)


def _check_finite(
    base: Checkpoint, experts: Sequence[Checkpoint | Adapter], base_square: float, gram: torch.Tensor
) -> None:
    if not math.isfinite(base_square):
        raise _not_finite(base)
    for expert, square in zip(experts, gram.diagonal().tolist()):
        if not math.isfinite(square):
            raise _not_finite(expert)


def _not_finite(model: Checkpoint | Adapter) -> Problem:
    return Problem(
        "weights_not_finite",
        f"{model.folder} holds NaN or infinity.",
        "Use another checkpoint of this training run.",
        file=model.folder,
    )
