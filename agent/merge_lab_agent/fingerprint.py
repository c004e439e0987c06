"""A model's fingerprint: what merges and results are known by, computed in well under a second.

One definition, never upgraded. SHA-256 over, in this order:

- the kind of model and its config as canonical JSON, without keys that record how it was saved;
- of every tensor, by name: type, shape, and a fixed sample of its bytes;
- each tokenizer file's name and content.

Names of folders and of shards, and the order of tensors in a file, do not matter. A change of bytes outside
the sample is not seen; training changes nearly all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import TensorInfo
from merge_lab_agent.tokenizer import TOKENIZER_FILES

_BLOCKS = 16
_BLOCK_BYTES = 256
_WHOLE = 65_536  # bytes; tensors up to this size are read whole
# How, where and by what a model was saved; the stored type is in the headers.
_SAVED_HOW = {
    "_name_or_path",
    "_commit_hash",
    "transformers_version",
    "torch_dtype",
    "dtype",
    "base_model_name_or_path",
    "revision",
    "inference_mode",
    "peft_version",
}
# peft keeps these as sets and writes them in any order.
_UNORDERED = {"target_modules", "modules_to_save", "exclude_modules"}


def fingerprint(model: Checkpoint | Adapter) -> str:
    """SHA-256 (lower-case hex) of a model's files as defined above.

    Raises: Problem `model_changed` if a file vanished or became shorter since it was opened.
    """
    digest = hashlib.sha256()
    _add(
        digest, "adapter" if isinstance(model, Adapter) else "checkpoint", _canonical(_identity(model.config))
    )
    for name, sample in samples(model.tensors):
        info = model.tensors[name]
        header = json.dumps([name, info.dtype, info.shape], separators=(",", ":"))
        _add(digest, header, b"".join(sample))
    for name in TOKENIZER_FILES:
        file = model.folder / name
        if file.is_file():
            _add(digest, name, file.read_bytes())
    return digest.hexdigest()


def samples(tensors: dict[str, TensorInfo]) -> Iterator[tuple[str, list[bytes]]]:
    """For each tensor in order of names, the sampled blocks of its bytes.

    Raises: Problem `model_changed`.
    """
    files: dict[str, Any] = {}
    try:
        for name in sorted(tensors):
            info = tensors[name]
            stream = files.get(str(info.file))
            if stream is None:
                stream = files[str(info.file)] = info.file.open("rb", buffering=0)
            blocks = []
            for begin, end in sample_ranges(name, info.end - info.begin):
                stream.seek(info.begin + begin)
                block = stream.read(end - begin)
                if len(block) != end - begin:
                    raise _changed(info)
                blocks.append(block)
            yield name, blocks
    except OSError as error:
        raise _changed(tensors[name]) from error
    finally:
        for stream in files.values():
            stream.close()


def sample_ranges(name: str, size: int) -> list[tuple[int, int]]:
    """Which of a tensor's `size` bytes are sampled: all of a small one, else a block in each sixteenth.

    Where a block lies in its sixteenth follows from the tensor's name, so that no column is always missed.
    Blocks begin at multiples of 8, hence at whole elements.
    """
    if size <= _WHOLE:
        return [(0, size)] if size else []
    places = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    ranges = []
    for block in range(_BLOCKS):
        low = block * size // _BLOCKS
        room = (block + 1) * size // _BLOCKS - _BLOCK_BYTES - low
        place = int.from_bytes(places[2 * block : 2 * block + 2], "big")
        begin = (low + room * place // 65536) // 8 * 8
        ranges.append((begin, begin + _BLOCK_BYTES))
    return ranges


def _identity(value: Any) -> Any:
    """A config without what only records how it was saved, at any depth."""
    if isinstance(value, dict):
        kept = {key: _identity(item) for key, item in value.items() if key not in _SAVED_HOW}
        for key in _UNORDERED & kept.keys():
            if isinstance(kept[key], list):
                kept[key] = sorted(kept[key], key=str)
        return kept
    if isinstance(value, list):
        return [_identity(item) for item in value]
    return value


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _add(digest: Any, name: str, content: bytes) -> None:
    """Length before content: two different sequences can then never read as the same bytes."""
    for part in (name.encode("utf-8", "surrogatepass"), content):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)


def _changed(info: TensorInfo) -> Problem:
    return Problem(
        "model_changed",
        f"{info.file} changed while it was in use.",
        "Let no other program change models while they are in use, then start again.",
        file=info.file,
    )
