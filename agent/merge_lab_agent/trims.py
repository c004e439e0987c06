"""Which entries TIES trims: exact selection by magnitude, never holding more than a piece of a tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import torch

from merge_lab_agent.methods import Cut

# |v| as an integer: for floats of one sign the bits are ordered as the numbers. 31 bits make two digits.
_LOW_BITS = 15
_HIGH_BINS, _LOW_BINS = 1 << 16, 1 << _LOW_BITS

Pieces = Callable[[], Iterable[tuple[int, torch.Tensor]]]


def find_cut(pieces: Pieces, keep: int) -> Cut:
    """The cut that keeps the `keep` largest magnitudes of a vector, equal ones by lowest index.

    pieces: gives, at each call, the vector from front to back as (index of first entry, float32 piece).
    Two passes find the magnitude (digit by digit, by counting), a third the last of the equal ones to keep.
    """
    high, above = _descend(_histogram(pieces, _HIGH_BINS, lambda bits: bits >> _LOW_BITS), keep)
    low, above_low = _descend(
        _histogram(pieces, _LOW_BINS, lambda bits: bits[(bits >> _LOW_BITS) == high] & (_LOW_BINS - 1)),
        keep - above,
    )
    threshold = np.array([(high << _LOW_BITS) | low], dtype=np.int32)
    missing = keep - above - above_low
    for begin, v in pieces():
        equal = np.flatnonzero(_magnitude_bits(v) == threshold[0])
        if len(equal) >= missing:
            return Cut(float(threshold.view(np.float32)[0]), begin + int(equal[missing - 1]) + 1)
        missing -= len(equal)
    raise AssertionError("a vector changed while it was being trimmed")


def _magnitude_bits(v: torch.Tensor) -> npt.NDArray[np.int32]:
    bits: npt.NDArray[np.int32] = v.abs().cpu().numpy().view(np.int32)
    return bits


def _histogram(
    pieces: Pieces, bins: int, digit: Callable[[npt.NDArray[np.int32]], npt.NDArray[np.int32]]
) -> npt.NDArray[np.int64]:
    counts = np.zeros(bins, dtype=np.int64)
    for _, v in pieces():
        counts += np.bincount(digit(_magnitude_bits(v)), minlength=bins)
    return counts


def _descend(counts: npt.NDArray[np.int64], wanted: int) -> tuple[int, int]:
    """The bin in which the `wanted`-th largest entry lies, and how many entries lie in bins above it."""
    from_top = np.cumsum(counts[::-1])
    position = int(np.searchsorted(from_top, wanted))
    above = int(from_top[position - 1]) if position else 0
    return len(counts) - 1 - position, above
