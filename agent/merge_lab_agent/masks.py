"""Random masks for DARE that depend on the seed, the expert and the tensor, and on nothing else.

The bits come from numpy's Philox, a counter-based generator: the same on every machine and device, whatever
was drawn before, so that an expert has the same mask in every subset and in every process.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 20  # 16-bit words drawn at a time; a multiple of 8, so that chunks pack into whole bytes
_WORDS_PER_DRAW = 4  # a raw draw is 64 bits: four words, lowest bits first


def keep_threshold(drop_rate: float) -> int:
    """The word below which an entry is kept: t = round((1 − p)·65536); entries are rescaled by 65536/t."""
    return round((1.0 - drop_rate) * 65536)


def keep_mask(
    seed: int, expert_fingerprint: str, tensor: str, n: int, threshold: int
) -> npt.NDArray[np.uint8]:
    """Which of `n` entries DARE keeps: each with probability threshold/65536.

    Returns: bits packed eight to a byte, entry 0 in the lowest bit of byte 0; ⌈n/8⌉ bytes, spare bits zero.
    """
    draw = np.random.Philox(key=_key(seed, expert_fingerprint, tensor))
    packed = np.empty((n + 7) // 8, dtype=np.uint8)
    for begin in range(0, n, _CHUNK):
        count = min(_CHUNK, n - begin)
        raw = draw.random_raw(-(-count // _WORDS_PER_DRAW))
        words = raw.astype("<u8", copy=False).view("<u2")[:count]
        bits = np.packbits(words < threshold, bitorder="little")
        packed[begin // 8 : begin // 8 + bits.size] = bits
    return packed


def _key(seed: int, expert_fingerprint: str, tensor: str) -> int:
    """128 bits of SHA-256; JSON keeps the three parts apart whatever they contain."""
    text = json.dumps([seed, expert_fingerprint, tensor], separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
