"""The flat index space of a base: its floating tensors one after another, by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from merge_lab_agent.checkpoint import Checkpoint

_ALIGN = 64  # entries; keeps every tensor on a cache line in any dtype, and masks on whole bytes
# Position tables and masks that old checkpoints stored; computed from the config, never trained.
_DERIVED = (".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".masked_bias")


@dataclass(frozen=True)
class Slot:
    """One floating tensor of the base and its place in the flat space."""

    name: str
    shape: tuple[int, ...]
    begin: int
    n: int

    @property
    def end(self) -> int:
        return self.begin + self.n


@dataclass(frozen=True)
class Piece:
    """A range of the flat space; `slot` is set where it lies inside one tensor."""

    begin: int
    end: int
    slot: Slot | None

    @property
    def n(self) -> int:
        return self.end - self.begin


def layout(base: Checkpoint) -> Iterator[Slot]:
    """Floating tensors by name; an output embedding that is tied to the input one is that one."""
    tied = base.head if base.tied_embeddings else None
    begin = 0
    for name in sorted(base.tensors):
        info = base.tensors[name]
        if not info.is_float or name == tied or name.endswith(_DERIVED) or not math.prod(info.shape):
            continue
        yield Slot(name, info.shape, begin, math.prod(info.shape))
        begin = _aligned(begin + math.prod(info.shape))


def _aligned(n: int) -> int:
    return -(-n // _ALIGN) * _ALIGN


def flat_length(slots: tuple[Slot, ...]) -> int:
    return _aligned(slots[-1].end) if slots else 0
