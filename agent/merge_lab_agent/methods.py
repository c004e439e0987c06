"""The merge methods: how k task vectors v_i = θ_i − θ0 become one update of the base θ0.

θ = θ0 + c·Σ Ψ(v_i), except for the sign-electing methods, as in arXiv 2509.24244, equation 2. Every function
works entry by entry on flat float32 pieces, in the order in which the vectors come, with one rounding an
operation: cutting a tensor into other pieces, or merging something else before, cannot change a bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from merge_lab_agent.masks import keep_threshold
from merge_lab_agent.plan import METHODS, RANDOM_METHODS
from merge_lab_agent.problem import Problem


class Workspace:
    """Buffers by name, kept between pieces: new memory for each would cost more than the arithmetic."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._buffers: dict[tuple[str, torch.dtype], torch.Tensor] = {}

    def take(self, name: str, n: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """A buffer [n] with anything in it; the same memory at the next call with that name."""
        buffer = self._buffers.get((name, dtype))
        if buffer is None or buffer.numel() < n:
            buffer = self._buffers[name, dtype] = torch.empty(n, dtype=dtype, device=self.device)
        return buffer[:n]


# What is done to the sum of the vectors ------------------------------------------------------------------


def add_scaled_sum(base: torch.Tensor, vectors: Iterable[torch.Tensor], c: float, out: torch.Tensor) -> None:
    """out = θ0 + c·Σ v_i. All [n] float32; the sum is taken unscaled and scaled once."""
    out.zero_()
    for v in vectors:
        out += v
    out *= c
    out += base


def add_elected_mean(
    base: torch.Tensor, vectors: Iterable[torch.Tensor], scale: float, out: torch.Tensor, space: Workspace
) -> None:
    """out = θ0 + scale·(sum of entries that agree with the elected sign)/(their number). All [n] float32.

    The sign is that of Σ v_i, zero counting as +; zero entries agree with no sign, as in TIES (2306.01708).
    Both signs are accumulated while the vectors pass by once, so that k never multiplies memory.
    """
    names = ("total", "plus", "minus", "n_plus", "n_minus")
    total, plus, minus, n_plus, n_minus = (space.take(name, out.numel()).zero_() for name in names)
    side = space.take("side", out.numel())
    for v in vectors:
        total += v
        plus += torch.clamp_min(v, 0.0, out=side)
        n_plus += side.gt_(0.0)
        minus += torch.clamp_max(v, 0.0, out=side)
        n_minus += side.lt_(0.0)
    elected = total.ge_(0.0)  # 1 where plus is elected, else 0; multiplying selects exactly, and fast
    rejected = side.copy_(elected).neg_().add_(1.0)
    torch.mul(plus, elected, out=out)
    out += minus.mul_(rejected)
    out /= n_plus.mul_(elected).add_(n_minus.mul_(rejected)).clamp_min_(1.0)
    out *= scale
    out += base


# What is done to each task vector before: Ψ --------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """Where TIES trims: entries above `threshold` stay, and those equal to it at an index below `until`."""

    threshold: float
    until: int


def trim(v: torch.Tensor, cut: Cut, begin: int) -> None:
    """Zero in place the entries of v [n] that the cut drops; `begin` is the index of v[0] in the tensor."""
    kept = v.abs()  # becomes 1 where an entry stays, else 0
    tied = min(max(cut.until - begin, 0), v.numel())
    kept[:tied].ge_(cut.threshold)
    kept[tied:].gt_(cut.threshold)
    v *= kept


def drop(v: torch.Tensor, packed: torch.Tensor, begin: int) -> None:
    """Zero in place the entries of v [n] whose bit is not set; `begin` (a multiple of 8) is v[0]'s index."""
    part = packed[begin // 8 : (begin + v.numel() + 7) // 8]
    if v.device.type == "cpu":
        bits = torch.from_numpy(_unpacked(part.numpy(), v.numel()))
    else:
        shifts = torch.arange(8, dtype=torch.uint8, device=v.device)
        bits = ((part[:, None] >> shifts) & 1).flatten()[: v.numel()]
    v *= bits


def _unpacked(part: npt.NDArray[np.uint8], n: int) -> npt.NDArray[np.uint8]:
    return np.unpackbits(part, count=n, bitorder="little")


def kept_entries(density: float, n: int, compatibility: str) -> int:
    """How many of n entries TIES keeps: max(1, ⌊density·n⌋); mergekit refuses to keep none."""
    count = int(density * n)
    if count < 1 and compatibility == "mergekit" and n > 0:
        raise Problem(
            "method_invalid",
            f"mergekit cannot trim a tensor of {n} entries to density {density:g}: nothing would be left.",
            "Raise density, or use compatibility: none, which keeps at least one entry.",
        )
    return max(1, count)


def mergekit_drop(v: torch.Tensor, density: float, generator: torch.Generator) -> None:
    """mergekit's DARE in place: a Bernoulli draw an entry, then rescaled so that Σ|v| is what it was.

    v is a whole tensor, flat. Tensors must come in the order in which mergekit draws: by name, then by model.
    """
    if density >= 1.0:
        return
    before = float(v.abs().sum(dtype=torch.float64))
    keep = torch.bernoulli(torch.full((v.numel(),), density), generator=generator)
    v.mul_(keep.to(v.device))
    after = float(v.abs().sum(dtype=torch.float64))
    if before >= 1e-7 and after >= 1e-7:
        v.mul_(before / after)


# A method with its parameters, read once a merge ---------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """A method for k experts: what to do to each vector (trim or drop) and how to combine them."""

    c: float  # c of the linear methods, `scale` of the electing ones, DARE's rescaling included
    elect: bool
    density: float = 1.0
    trim_scope: str = "tensor"
    threshold: int = 65536  # of DARE's 16-bit words; 65536 keeps all
    seed: int = 0
    bernoulli: float = 1.0  # mergekit's DARE: probability to keep
    compatibility: str = "none"


def recipe(method: dict[str, Any], k: int, seed: int | None) -> Recipe:
    """Read a plan's method for a subset of k experts. Raises: Problem `method_invalid`."""
    name, mode = method.get("method"), str(method.get("compatibility", "none"))
    if name not in METHODS:
        raise _invalid(f"There is no merge method {name!r}.", f"Use one of {', '.join(METHODS)}.")
    if k < 1:
        raise _invalid(f"{name} needs at least one expert.", "Score the base itself with method null.")
    if name in RANDOM_METHODS and seed is None:
        raise _invalid(f"{name} needs a seed.", "Plan the experiment again.")
    if name == "average":
        return Recipe(c=1.0 / k, elect=False, compatibility=mode)
    if name == "task_arithmetic":
        scale = float(method["scale"])
        return Recipe(c=scale / k if method["normalize"] else scale, elect=False, compatibility=mode)
    if name == "ties":
        return _ties_recipe(method, mode)
    return _dare_recipe(method, mode, k, int(seed or 0))


def _ties_recipe(method: dict[str, Any], mode: str) -> Recipe:
    density, scope = float(method["density"]), str(method["trim_scope"])
    if not 0.0 < density <= 1.0:
        raise _invalid(f"ties cannot trim to density {density:g}.", "Use a density above 0 and at most 1.")
    if scope not in ("tensor", "model"):
        raise _invalid(f"ties cannot trim by {scope!r}.", "Use trim_scope: tensor or trim_scope: model.")
    if mode == "mergekit" and scope == "model":
        raise _invalid("mergekit trims each tensor alone.", "Use trim_scope: tensor or compatibility: none.")
    return Recipe(float(method["scale"]), True, density, scope, compatibility=mode)


def _dare_recipe(method: dict[str, Any], mode: str, k: int, seed: int) -> Recipe:
    drop_rate, elect = float(method["drop_rate"]), method["method"] == "dare_ties"
    step = float(method["scale"]) if elect else 1.0 / k
    threshold = keep_threshold(drop_rate) if 0.0 <= drop_rate < 1.0 else 0
    if threshold < 1:
        raise _invalid(f"dare cannot drop a share of {drop_rate:g}.", "Use a drop_rate from 0 to below 1.")
    if mode == "mergekit":
        return Recipe(step, elect, seed=seed, bernoulli=1.0 - drop_rate, compatibility=mode)
    return Recipe(step * (65536 / threshold), elect, threshold=threshold, seed=seed, compatibility=mode)


def _invalid(message: str, fix: str) -> Problem:
    return Problem("method_invalid", message, fix)
