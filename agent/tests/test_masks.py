"""DARE's masks: what they depend on, and what they do not."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from merge_lab_agent.masks import keep_mask, keep_threshold

NAME = "model.layers.0.mlp.up_proj.weight"


def bits(packed: np.ndarray, n: int) -> np.ndarray:
    return np.unpackbits(packed, count=n, bitorder="little")


def test_threshold_is_the_nearest_share_of_65536() -> None:
    assert keep_threshold(0.2) == 52429
    assert keep_threshold(0.0) == 65536
    assert keep_threshold(0.5) == 32768


def test_first_words_are_philox_s_own_lowest_bits_first() -> None:
    """Written out once without the module: key from SHA-256, raw 64-bit draws, four words each."""

    key = int.from_bytes(hashlib.sha256(f'[7,"ab","{NAME}"]'.encode()).digest()[:16], "little")
    raw = np.random.Philox(key=key).random_raw(3)
    words = [(int(value) >> (16 * part)) & 0xFFFF for value in raw for part in range(4)]
    expected = [int(word < 30000) for word in words]
    assert bits(keep_mask(7, "ab", NAME, 12, 30000), 12).tolist() == expected


def test_prefix_of_a_longer_mask_is_the_shorter_mask() -> None:
    """Drawing in chunks leaves no seam, also where a chunk ends."""
    n = (1 << 20) + 12345
    long = bits(keep_mask(1, "f", NAME, n, 40000), n)
    short = bits(keep_mask(1, "f", NAME, 1000, 40000), 1000)
    assert np.array_equal(long[:1000], short)

    key = int.from_bytes(hashlib.sha256(f'[1,"f","{NAME}"]'.encode()).digest()[:16], "little")
    words = np.random.Philox(key=key).random_raw(n // 4 + 1).view("<u2")[:n]
    assert np.array_equal(long, words < 40000)


@pytest.mark.parametrize("other", [(1, "f", "x"), (0, "g", "x"), (0, "f", "y")])
def test_seed_expert_and_tensor_each_give_another_mask(other: tuple[int, str, str]) -> None:
    n = 4096
    one, two = bits(keep_mask(0, "f", "x", n, 32768), n), bits(keep_mask(*other, n, 32768), n)
    agreement = float((one == two).mean())
    assert abs(agreement - 0.5) < 0.04  # independent: 5 standard errors


def test_parts_of_the_key_cannot_run_into_each_other() -> None:
    assert not np.array_equal(keep_mask(0, "a", "bc", 512, 32768), keep_mask(0, "ab", "c", 512, 32768))
    assert not np.array_equal(keep_mask(0, 'a","b', "c", 512, 32768), keep_mask(0, "a", 'b","c', 512, 32768))


def test_share_kept_is_exactly_the_threshold_s() -> None:
    n = 1 << 20
    share = float(bits(keep_mask(3, "f", NAME, n, 52429), n).mean())
    error = (0.8 * 0.2 / n) ** 0.5
    assert abs(share - 52429 / 65536) < 5 * error


def test_spare_bits_are_zero() -> None:
    packed = keep_mask(0, "f", NAME, 3, 65536)
    assert packed.tolist() == [0b111]


def test_another_process_draws_the_same_mask() -> None:
    code = (
        "from merge_lab_agent.masks import keep_mask; import hashlib;"
        f"print(hashlib.sha256(keep_mask(5, 'abc', {NAME!r}, 100_003, 52429).tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    here = hashlib.sha256(keep_mask(5, "abc", NAME, 100_003, 52429).tobytes()).hexdigest()
    assert there.stdout.strip() == here


def test_mask_is_the_same_forever() -> None:
    """Golden value of this module's first version: a change would silently change keyed results."""
    assert keep_mask(0, "0" * 64, NAME, 64, 32768).tobytes().hex() == "10ac1de91bec8c46"
