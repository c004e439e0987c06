"""One safetensors file, its header checked before anything is mapped.

A file that lies about itself is refused here, by our own reader: nothing later trusts an offset, a shape or
a type that was not compared with the file's real size.
"""

from __future__ import annotations

import json
import math
import mmap
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from merge_lab_agent.problem import Problem

if TYPE_CHECKING:
    import torch

# Bytes of one element and torch's name of the type. Sub-byte types are packed in ways no merge can read.
_DTYPES: dict[str, tuple[int, str]] = {
    "F64": (8, "float64"),
    "F32": (4, "float32"),
    "F16": (2, "float16"),
    "BF16": (2, "bfloat16"),
    "F8_E4M3": (1, "float8_e4m3fn"),
    "F8_E5M2": (1, "float8_e5m2"),
    "I64": (8, "int64"),
    "I32": (4, "int32"),
    "I16": (2, "int16"),
    "I8": (1, "int8"),
    "U8": (1, "uint8"),
    "BOOL": (1, "bool"),
}
_MERGEABLE = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
_LARGEST_HEADER = 100_000_000  # the limit of the safetensors library itself
_DOWNLOAD_AGAIN = "Download or copy the file again; compare its size and checksum with the source's."


@dataclass(frozen=True)
class TensorInfo:
    """Where one tensor lies: absolute byte offsets `begin` (inclusive) to `end` (exclusive) in `file`."""

    name: str
    dtype: str  # as safetensors writes it, e.g. BF16
    shape: tuple[int, ...]
    file: Path
    begin: int
    end: int

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        """Whether a merge changes it; other tensors are copied from the base."""
        return self.dtype in _MERGEABLE


def read_tensor(info: TensorInfo, maps: dict[Path, mmap.mmap]) -> torch.Tensor:
    """One tensor as a view of its mapped file; `maps` keeps the files that are mapped already."""
    import torch

    size, torch_name = _DTYPES[info.dtype]
    dtype: torch.dtype = getattr(torch, torch_name)
    if info.elements == 0:
        return torch.empty(info.shape, dtype=dtype)
    mapped = maps.get(info.file)
    if mapped is None:
        with info.file.open("rb") as file:
            mapped = maps[info.file] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if info.end > len(mapped):
        raise _changed_underneath(info.file)
    if info.begin % size:  # rare writers do not align; a view of odd addresses is not portable
        return torch.frombuffer(bytearray(mapped[info.begin : info.end]), dtype=dtype).reshape(info.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch warns that the view cannot be written: intended
        flat = torch.frombuffer(mapped, dtype=dtype, count=info.elements, offset=info.begin)
    return flat.reshape(info.shape)


def read_header(file: Path) -> dict[str, TensorInfo]:
    """The tensors of one safetensors file, in file order, after checking every claim against the file's size.

    Raises: Problem `safetensors_truncated` (the file ends too early), `safetensors_header` (not a header, or
    an impossible one), `safetensors_dtype` (type and shape disagree with the byte count, or an unknown
    type), `safetensors_overlap` (tensors share bytes or leave holes), `model_missing`.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            start = stream.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8:
                raise Problem(
                    "safetensors_truncated", f"{file} is only {size} bytes long.", _DOWNLOAD_AGAIN, file=file
                )
            if length > _LARGEST_HEADER:
                raise _bad_header(file, f"it claims a header of {length:,} bytes")
            if 8 + length > size:
                raise Problem(
                    "safetensors_truncated",
                    f"{file} claims a header of {length:,} bytes but is {size:,} bytes long.",
                    _DOWNLOAD_AGAIN,
                    file=file,
                )
            raw = stream.read(length)
    except OSError as error:
        raise Problem(
            "model_missing",
            f"{file} cannot be read: {error.strerror or error}.",
            "Check that the file exists and may be read.",
            file=file,
        ) from error
    if not raw.startswith(b"{"):
        raise _bad_header(file, "its header is not a JSON object")
    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=_distinct_keys)
    except (ValueError, RecursionError) as error:
        raise _bad_header(file, f"its header cannot be parsed: {why_unreadable(error)}") from error
    _check_metadata(file, header.pop("__metadata__", {}))
    tensors = [_tensor(file, name, entry, 8 + length) for name, entry in header.items()]
    _check_layout(file, tensors, 8 + length, size)
    return {info.name: info for info in tensors}


def _check_metadata(file: Path, metadata: Any) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise _bad_header(file, "its __metadata__ is not a map of strings")


def _tensor(file: Path, name: str, entry: Any, data_begin: int) -> TensorInfo:
    """One header entry, its type, shape and byte count agreeing with each other."""
    if not isinstance(entry, dict):
        raise _bad_header(file, f"the entry of {name!r} is not an object")
    shape, offsets, dtype = entry.get("shape"), entry.get("data_offsets"), entry.get("dtype")
    if not _naturals(shape) or not _naturals(offsets) or len(offsets) != 2:
        raise _bad_header(file, f"shape or data_offsets of {name!r} are not natural numbers")
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise Problem(
            "safetensors_dtype",
            f"{file}: tensor {name} has the type {dtype!r}, which this agent cannot read.",
            "Use a checkpoint stored as float32, bfloat16 or float16.",
            file=file,
        )
    begin, end = offsets
    expected = math.prod(shape) * _DTYPES[dtype][0]
    if end - begin != expected:
        raise Problem(
            "safetensors_dtype",
            f"{file}: tensor {name} of shape {shape} and type {dtype} needs {expected:,} bytes, but "
            f"its offsets span {end - begin:,}.",
            _DOWNLOAD_AGAIN,
            file=file,
        )
    return TensorInfo(name, dtype, tuple(shape), file, data_begin + begin, data_begin + end)


def _check_layout(file: Path, tensors: list[TensorInfo], data_begin: int, size: int) -> None:
    """Tensors fill the file from the header's end to its own end, sharing no byte and leaving none out."""
    position, before = data_begin, "the header"
    for info in sorted(tensors, key=lambda t: (t.begin, t.end)):
        if info.begin != position:
            what = "overlaps" if info.begin < position else "leaves a hole after"
            raise Problem(
                "safetensors_overlap",
                f"{file}: tensor {info.name} {what} {before}.",
                _DOWNLOAD_AGAIN,
                file=file,
            )
        position, before = info.end, info.name
    if position > size:
        raise Problem(
            "safetensors_truncated",
            f"{file} should be {position:,} bytes long but is {size:,}: {before} lies outside it.",
            _DOWNLOAD_AGAIN,
            file=file,
        )
    if position < size:
        raise _bad_header(file, f"{size - position:,} bytes at its end belong to no tensor")


def _naturals(value: Any) -> TypeGuard[list[int]]:
    """Few and small, so that their product is cheap: hostile numbers can have thousands of digits."""
    if not isinstance(value, list) or len(value) > 16:
        return False
    return all(type(v) is int and 0 <= v < 2**63 for v in value)


def _bad_header(file: Path, what: str) -> Problem:
    return Problem(
        "safetensors_header", f"{file} is not a valid safetensors file: {what}.", _DOWNLOAD_AGAIN, file=file
    )


def _changed_underneath(file: Path) -> Problem:
    return Problem(
        "model_changed",
        f"{file} became shorter after it was checked.",
        "Let no other program change models while they are in use, then start again.",
        file=file,
    )


def stored_dtype(tensors: Mapping[str, TensorInfo]) -> str:
    """Torch's name of the floating type of all tensors; `mixed` where they differ, `none` without any."""
    found = {_MERGEABLE[info.dtype] for info in tensors.values() if info.is_float}
    if len(found) == 1:
        return found.pop()
    return "mixed" if found else "none"


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A tensor that is described twice could be checked as one thing and read as another."""
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} appears twice")
    return result


def why_unreadable(error: BaseException) -> str:
    """Why a file could not be parsed, for a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return str(error) or type(error).__name__
