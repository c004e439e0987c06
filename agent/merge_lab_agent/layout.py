"""The flat index space of a base: its floating tensors one after another, by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from merge_lab_agent.checkpoint import DERIVED, Checkpoint
from merge_lab_agent.problem import Problem

_ALIGN = 64  # entries; keeps every tensor on a cache line in any dtype, and masks on whole bytes


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
        if not info.is_float or name == tied or name.endswith(DERIVED) or not math.prod(info.shape):
            continue
        yield Slot(name, info.shape, begin, math.prod(info.shape))
        begin = _aligned(begin + math.prod(info.shape))


def _aligned(n: int) -> int:
    return -(-n // _ALIGN) * _ALIGN


def flat_length(slots: tuple[Slot, ...]) -> int:
    return _aligned(slots[-1].end) if slots else 0


def check_expert(
    base: Checkpoint, slots: tuple[Slot, ...], name: str, expert: Checkpoint, embeddings: str
) -> None:
    """Whether an expert has every tensor of the base in the base's shape, embeddings perhaps with other rows.

    Raises: Problem `tensor_missing`, `shape_mismatch`, `embedding_rows`.
    """
    for slot in slots:
        info = expert.tensors.get(slot.name)
        if info is None:
            raise Problem(
                "tensor_missing",
                f"Expert {name} has no tensor {slot.name}, which the base has.",
                "Use experts of the base's own architecture.",
                file=expert.folder,
            )
        if info.shape == slot.shape:
            continue
        is_table = slot.name in (base.embedding, base.head) and info.shape[1:] == slot.shape[1:]
        if is_table and embeddings == "common_rows":
            continue
        raise Problem(
            "embedding_rows" if is_table else "shape_mismatch",
            f"{slot.name} is {_by(slot.shape)} in the base and {_by(info.shape)} in expert {name}.",
            "Set embeddings: common_rows to merge the rows that both have."
            if is_table
            else "Use experts of the base's own architecture.",
            file=expert.folder,
        )


def _by(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"
