"""The type of the forward pass and the size of its batches, each with its reason in words.

The type is part of every merge's key, so it follows from the machine and the models by rule, never from a
measurement that could come out otherwise tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass

# On two cores with AVX-512 bfloat16, a 2048x896 by 896x4864 product took 42 ms in bfloat16 and 198 ms in
# float32. Below this size the layers are too narrow for that to matter, and float32 is the exact choice.
_LARGE = 100_000_000
_BATCH_TOKENS = {"cpu": 8192, "cuda": 16384, "mps": 8192}
# Hidden states of one batch may take this share of the memory that is free.
_SHARE = 8


@dataclass(frozen=True)
class Precision:
    value: str
    reason: str


def choose_dtype(
    asked: str, device: str, stored: set[str], parameters: int, *, here: bool = True
) -> Precision:
    """`asked` unless `auto`; then what device, stored types and the largest model's parameters suggest."""
    if asked != "auto":
        return Precision(asked, "as the experiment asks")
    half = stored == {"bfloat16"}
    if not here:
        return _for_any(device, stored, half)
    if device.startswith("cuda"):
        return _for_gpu(stored, half)
    if device != "cpu":
        return Precision("float32", "exact, on a device whose half precision differs by version")
    if half and parameters >= _LARGE and _cpu_is_fast_in_bfloat16():
        return Precision("bfloat16", "stored so, and this processor multiplies it several times faster")
    if half and parameters >= _LARGE:
        return Precision("float32", "this processor has no fast bfloat16")
    return Precision("float32", "exact, and no slower for models of this size on a processor")


def _for_any(device: str, stored: set[str], half: bool) -> Precision:
    """On whichever node: by kind alone, so that no two of a plan differ."""
    if device == "cpu":
        return Precision("float32", "exact, on whichever processor the cluster gives")
    if half or stored == {"float16"}:
        return Precision(
            "bfloat16" if half else "float16", "stored so, and the cluster's GPUs are taken to compute it"
        )
    return Precision("float32", "the models are not stored in one half-precision type")


def _for_gpu(stored: set[str], half: bool) -> Precision:
    import torch

    if half and torch.cuda.is_bf16_supported(including_emulation=False):
        return Precision("bfloat16", "stored so, and this GPU computes it directly")
    if stored == {"float16"}:
        return Precision("float16", "stored so")
    if half:
        return Precision("float32", "this GPU has no bfloat16")
    return Precision("float32", "the models are not stored in one half-precision type")


def _cpu_is_fast_in_bfloat16() -> bool:
    import torch

    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, lambda: False)()) for probe in probes)


def choose_batch_tokens(device: str, available: int, hidden: int, intermediate: int) -> int:
    """Tokens of one batch, padding included: a power of two, less where memory is short. At least 256.

    hidden, intermediate: widths of the largest model; `available`: bytes, 0 where unknown.
    """
    batch_tokens = _BATCH_TOKENS.get(device.partition(":")[0], 8192)
    while (
        batch_tokens > 256
        and available
        and activation_bytes(batch_tokens, hidden, intermediate) > (available // _SHARE)
    ):
        batch_tokens //= 2
    return batch_tokens


def activation_bytes(batch_tokens: int, hidden: int, intermediate: int) -> int:
    """Peak of one layer in float32: residual, norms, attention's parts, the gated pair and its product."""
    return batch_tokens * (8 * hidden + 3 * intermediate) * 4
