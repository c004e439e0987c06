"""The pool: one base, its experts as task vectors v_i = θ_i − θ0, and the merges made of them.

All floating tensors lie one after another, by name, in one flat index space; a merge walks through it piece
by piece and always in the same order. Small pools keep every task vector resident as float32; large ones read
the mapped files again for every merge and keep only cuts and packed masks. Both give the same bits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.kept import Kept
from merge_lab_agent.layout import Piece, Slot, check_expert, flat_length, layout
from merge_lab_agent.masks import keep_mask
from merge_lab_agent.methods import (
    Cut,
    Recipe,
    Workspace,
    add_elected_mean,
    add_scaled_sum,
    drop,
    kept_entries,
    mergekit_drop,
    recipe,
    trim,
)
from merge_lab_agent.problem import Problem
from merge_lab_agent.threads import Threads
from merge_lab_agent.trims import find_cut

if TYPE_CHECKING:
    from merge_lab_agent.adapter import Adapter

_PIECE = {"cpu": 1 << 18}  # entries: a few float32 buffers of this length fit a core's cache
_PIECE_ELSEWHERE = 1 << 24


@dataclass(frozen=True)
class Merge:
    """What to compute; `names` in order of accumulation. Without a recipe: the base or one expert."""

    names: tuple[str, ...]
    recipe: Recipe | None
    weights: tuple[float, ...] | None = None


class Pool:
    """A base and its experts, ready to be merged in any subset by any method.

    Example:
        pool = Pool(base, {"code": code, "math": math}, fingerprints, "exact", memory_limit=2 << 30)
        for piece, values in pool.merged(pool.plan({"method": "average"}, ["code", "math"], None)): ...
    """

    def __init__(
        self,
        base: Checkpoint,
        experts: Mapping[str, Checkpoint | Adapter],
        fingerprints: Mapping[str, str],
        embeddings: str = "exact",
        memory_limit: int = 2 << 30,
        device: str = "cpu",
    ) -> None:
        """fingerprints: of every expert. memory_limit: bytes for task vectors, masks and trims together.

        Raises: Problem `tensor_missing`, `shape_mismatch`, `embedding_rows`.
        """
        self.base, self.experts = base, dict(experts)
        self.fingerprints = {name: fingerprints[name] for name in experts}
        self.embeddings, self.device = embeddings, torch.device(device)
        self.slots = tuple(layout(base))
        self.length = flat_length(self.slots)
        for name, expert in self.experts.items():
            if isinstance(expert, Checkpoint):
                check_expert(base, self.slots, name, expert, embeddings)
        self._piece = _PIECE.get(self.device.type, _PIECE_ELSEWHERE)
        self._threads = Threads()
        self._spaces = threading.local()
        self._cuts: dict[Hashable, Cut] = {}
        self._finding_cuts = threading.Lock()
        dense_bytes = 4 * self.length * (1 + len(self.experts))
        self.resident = dense_bytes <= memory_limit // 2
        self._kept = Kept(memory_limit - dense_bytes if self.resident else memory_limit)
        self._rows: dict[str | None, torch.Tensor] = {}
        if self.resident:
            self._rows = self._load_rows()

    def plan(
        self,
        method: dict[str, Any] | None,
        subset: list[str],
        seed: int | None,
        weights: Mapping[str, float] | None = None,
    ) -> Merge:
        """A merge of `subset`; experts are accumulated by fingerprint (for mergekit's sake, as given).

        method None: the base for an empty subset, one expert as it is, or θ0 + Σ w_i v_i with `weights`.
        Raises: Problem `method_invalid`, `expert_unknown`.
        """
        for name in subset:
            if name not in self.experts:
                raise Problem(
                    "expert_unknown",
                    f"The pool has no expert {name!r}.",
                    "Use the names that the plan lists.",
                )
        if method is not None and method.get("compatibility") == "mergekit":
            return Merge(tuple(subset), recipe(method, len(subset), seed))
        names = tuple(sorted(subset, key=lambda name: (self.fingerprints[name], name)))
        if weights is not None:
            return Merge(names, Recipe(c=1.0, elect=False), tuple(float(weights[name]) for name in names))
        if method is None and len(names) > 1:
            raise Problem(
                "method_invalid", "Several experts need a merge method.", "Plan the experiment again."
            )
        return Merge(names, None if method is None else recipe(method, len(names), seed))

    def merged(
        self, merge: Merge, destination: Callable[[Piece], torch.Tensor | None] = lambda _: None
    ) -> Iterator[tuple[Piece, torch.Tensor]]:
        """Yield the merged parameters piece by piece in float32, from front to back.

        destination: may name a float32 tensor [piece.n] to write into; else the buffer yielded is used again.
        """
        generator = torch.Generator().manual_seed(merge.recipe.seed) if merge.recipe else None
        for piece in self._pieces(self._walks_whole_tensors(merge)):
            target = destination(piece)
            out = self._space.take("out", piece.n) if target is None else target
            self._compute(merge, piece, out, generator)
            yield piece, out

    def merge_into(
        self,
        merge: Merge,
        destination: Callable[[Piece], torch.Tensor | None],
        store: Callable[[Piece, torch.Tensor], None],
    ) -> None:
        """Like `merged`, calling `store` with every piece, in any order and from several threads."""
        if self.device.type != "cpu" or self._walks_whole_tensors(merge):
            for piece, values in self.merged(merge, destination):
                store(piece, values)
            return

        def work(piece: Piece) -> None:
            target = destination(piece)
            out = self._space.take("out", piece.n) if target is None else target
            self._compute(merge, piece, out, None)
            store(piece, out)

        self._threads.each(self._pieces(), work)

    @property
    def _space(self) -> Workspace:
        """Buffers of this thread."""
        space: Workspace | None = getattr(self._spaces, "space", None)
        if space is None:
            space = self._spaces.space = Workspace(self.device)
        return space

    def _compute(
        self, merge: Merge, piece: Piece, out: torch.Tensor, generator: torch.Generator | None
    ) -> None:
        if merge.recipe is None:
            self._unmerged(merge.names[0] if merge.names else None, piece, out)
            return
        base = self._base(piece)
        vectors = self._vectors(merge, merge.recipe, piece, base, generator)
        if merge.recipe.elect:
            add_elected_mean(base, vectors, merge.recipe.c, out, self._space)
        else:
            add_scaled_sum(base, vectors, merge.recipe.c, out)

    # Walking ----------------------------------------------------------------------------------------------

    def _walks_whole_tensors(self, merge: Merge) -> bool:
        """mergekit's draws and an adapter's product concern whole tensors; all else goes entry by entry."""
        if merge.recipe is not None and merge.recipe.bernoulli < 1.0:
            return True
        return not self.resident and any(not isinstance(self.experts[n], Checkpoint) for n in merge.names)

    def _pieces(self, whole_tensors: bool = False) -> Iterator[Piece]:
        if whole_tensors:
            yield from (Piece(slot.begin, slot.end, slot) for slot in self.slots)
        elif self.resident:
            for begin in range(0, self.length, self._piece):
                yield Piece(begin, min(begin + self._piece, self.length), None)
        else:
            for slot in self.slots:
                yield from self._slot_pieces(slot)

    def _slot_pieces(self, slot: Slot) -> Iterator[Piece]:
        for begin in range(slot.begin, slot.end, self._piece):
            yield Piece(begin, min(begin + self._piece, slot.end), slot)

    # Reading ----------------------------------------------------------------------------------------------

    def _load_rows(self) -> dict[str | None, torch.Tensor]:
        """Base and task vectors as float32 rows of the flat space, gaps between tensors zero."""
        rows: dict[str | None, torch.Tensor] = {}
        for name in (None, *self.experts):
            row = torch.zeros(self.length, dtype=torch.float32, device=self.device)
            for slot in self.slots:
                piece = Piece(slot.begin, slot.end, slot)
                target = row[slot.begin : slot.end]
                if name is None:
                    self._read_into(self._stored(None, slot), piece, target)
                else:
                    self._difference(name, piece, rows[None][slot.begin : slot.end], target)
            rows[name] = row
        return rows

    def _base(self, piece: Piece) -> torch.Tensor:
        """θ0 [piece.n] float32; not to be written to."""
        if self.resident:
            return self._rows[None][piece.begin : piece.end]
        out = self._space.take("base", piece.n)
        self._read_into(self._stored(None, _slot(piece)), piece, out)
        return out

    def _vector(self, name: str, piece: Piece, base: torch.Tensor) -> tuple[torch.Tensor, bool]:
        """v [piece.n] float32, and whether it may be written to."""
        if self.resident:
            return self._rows[name][piece.begin : piece.end], False
        out = self._space.take("vector", piece.n)
        self._difference(name, piece, base, out)
        return out, True

    def _stored(self, name: str | None, slot: Slot) -> torch.Tensor:
        """A stored tensor, flat, in its own dtype: mapped, or on the device where it is kept there."""
        model = self.base if name is None else self.experts[name]
        assert isinstance(model, Checkpoint)
        if self.device.type == "cpu":
            return model.read(slot.name).reshape(-1)
        return self._kept.get(
            ("stored", name, slot.name), lambda: model.read(slot.name).reshape(-1).to(self.device)
        )

    def _read_into(self, stored: torch.Tensor, piece: Piece, out: torch.Tensor) -> int:
        """Copy the piece's part of a stored tensor to `out` as float32; returns how many entries it has."""
        begin = piece.begin - _slot(piece).begin
        part = stored[begin : begin + piece.n]
        out[: part.numel()].copy_(part)
        return part.numel()

    def _difference(self, name: str, piece: Piece, base: torch.Tensor, out: torch.Tensor) -> None:
        """out = θ_i − θ0 in float32; zero in rows that the expert does not have (embeddings: common_rows)."""
        expert, slot = self.experts[name], _slot(piece)
        if isinstance(expert, Checkpoint):
            known = self._read_into(self._stored(name, slot), piece, out)
            out[:known] -= base[:known]
            out[known:] = 0.0
            return
        delta = expert.delta(slot.name, self.base.read(slot.name))
        if delta is None:
            out.zero_()
        else:
            begin = piece.begin - slot.begin
            out.copy_(delta.reshape(-1)[begin : begin + piece.n])

    def _unmerged(self, name: str | None, piece: Piece, out: torch.Tensor) -> None:
        """θ0 or θ_i as stored, not θ0 + (θ_i − θ0), which may differ in the last bit."""
        whole = [piece] if piece.slot is not None else self.within(piece)
        for part in whole:
            slot, target = _slot(part), out[part.begin - piece.begin : part.end - piece.begin]
            base = self._base(part)
            target.copy_(base)
            if name is None:
                continue
            if isinstance(self.experts[name], Checkpoint):
                self._read_into(self._stored(name, slot), part, target)
            else:
                vector, _ = self._vector(name, part, base)
                target += vector

    def within(self, piece: Piece) -> list[Piece]:
        """The parts of a piece that lie in one tensor each."""
        return [
            Piece(max(piece.begin, slot.begin), min(piece.end, slot.end), slot)
            for slot in self.slots
            if slot.begin < piece.end and piece.begin < slot.end
        ]

    # Trimming and dropping --------------------------------------------------------------------------------

    def _vectors(
        self, merge: Merge, how: Recipe, piece: Piece, base: torch.Tensor, generator: torch.Generator | None
    ) -> Iterator[torch.Tensor]:
        """Ψ(v_i) [piece.n] of each expert in order; each is valid until the next is asked for."""
        for position, name in enumerate(merge.names):
            if how.density < 1.0 or how.threshold < 65536:
                yield self._sparse(name, how, piece, base)
                continue
            v, writable = self._vector(name, piece, base)
            if merge.weights is not None:
                yield torch.mul(v, merge.weights[position], out=self._space.take("changed", piece.n))
            elif how.bernoulli < 1.0 and generator is not None:
                v = v if writable else self._space.take("changed", piece.n).copy_(v)
                mergekit_drop(v, how.bernoulli, generator)
                yield v
            else:
                yield v

    def _sparse(self, name: str, how: Recipe, piece: Piece, base: torch.Tensor) -> torch.Tensor:
        """Trimmed or dropped; kept as a row of the flat space where a row for every expert fits."""
        if not self.resident or 4 * self.length * len(self.experts) > self._kept.limit:
            return self._sparsify(name, how, piece, base)
        key = ("sparse", name, how.density, how.trim_scope, how.compatibility, how.threshold, how.seed)
        row = self._kept.get(key, lambda: self._sparse_row(name, how))
        return row[piece.begin : piece.end]

    def _sparse_row(self, name: str, how: Recipe) -> torch.Tensor:
        row = torch.empty(self.length, dtype=torch.float32, device=self.device)
        for piece in self._pieces():
            row[piece.begin : piece.end] = self._sparsify(name, how, piece, self._base(piece))
        return row

    def _sparsify(self, name: str, how: Recipe, piece: Piece, base: torch.Tensor) -> torch.Tensor:
        v, writable = self._vector(name, piece, base)
        if not writable:
            v = self._space.take("changed", piece.n).copy_(v)
        for part in [piece] if piece.slot is not None else self.within(piece):
            slot = _slot(part)
            entries = v[part.begin - piece.begin : part.end - piece.begin]
            if how.threshold < 65536:
                drop(entries, self._mask(name, how, slot), part.begin - slot.begin)
            cut = self._cut(name, how, slot) if how.density < 1.0 else None
            if cut is not None:
                trim(entries, cut, part.begin if how.trim_scope == "model" else part.begin - slot.begin)
        return v

    def _mask(self, name: str, how: Recipe, slot: Slot) -> torch.Tensor:
        key = ("mask", name, slot.name, how.seed, how.threshold)
        fingerprint = self.fingerprints[name]

        def draw() -> torch.Tensor:
            packed = keep_mask(how.seed, fingerprint, slot.name, slot.n, how.threshold)
            return torch.from_numpy(packed).to(self.device)

        return self._kept.get(key, draw)

    def _cut(self, name: str, how: Recipe, slot: Slot) -> Cut | None:
        """Where to trim this tensor, or the whole model; None where nothing is trimmed."""
        model = how.trim_scope == "model"
        slots = self.slots if model else (slot,)
        n = sum(slot.n for slot in slots)
        keep = kept_entries(how.density, n, how.compatibility)
        if keep >= n:
            return None
        key = (name, keep, None if model else slot.name)
        with self._finding_cuts:
            if key not in self._cuts:
                self._cuts[key] = self._find_cut(name, keep, slots)
            return self._cuts[key]

    def _find_cut(self, name: str, keep: int, slots: tuple[Slot, ...]) -> Cut:
        origin = slots[0].begin if len(slots) == 1 else 0

        def pieces() -> Iterator[tuple[int, torch.Tensor]]:
            for slot in slots:
                for piece in self._slot_pieces(slot):
                    yield piece.begin - origin, self._own_vector(name, piece)

        return find_cut(pieces, keep)

    def _own_vector(self, name: str, piece: Piece) -> torch.Tensor:
        """v apart from the buffers of a merge in progress."""
        if self.resident:
            return self._rows[name][piece.begin : piece.end]
        base, out = self._space.take("cut_base", piece.n), self._space.take("cut_vector", piece.n)
        self._read_into(self._stored(None, _slot(piece)), piece, base)
        self._difference(name, piece, base, out)
        return out


def _slot(piece: Piece) -> Slot:
    assert piece.slot is not None, "this reads one tensor at a time"
    return piece.slot
