"""A merged model as a folder that transformers and mergekit load.

Every tensor has the base's name and dtype. The folder appears complete or not at all: it is written beside
its place under another name and renamed at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import torch

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint, read_config
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.models import open_model
from merge_lab_agent.plan import Plan, PlanModel
from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import TensorInfo, read_header
from merge_lab_agent.store import Store, cannot_write, sync_folder
from merge_lab_agent.task_vectors import Merge, Pool
from merge_lab_agent.tokenizer import TOKENIZER_FILES

_LARGEST_SHARD = 5_000_000_000
_POOL_MEMORY = 1 << 30
_COPIED = (*TOKENIZER_FILES, "generation_config.json")
_SPARE_DISK = 64_000_000  # for config, tokenizer and what the file system itself needs


Written = Callable[[int, int], None]
"""Told the bytes of tensors that are written, and of all."""


def _untold(done: int, total: int) -> None:
    """Where nobody wants to know."""


def write_merged(document: Mapping[str, object], told: Written = _untold) -> dict[str, object]:
    """Merge as a plan would and write the folder `out`.

    document: `{store, plan, size, method, seed, subset or weights, out, files?}`: `method` is an index into
    the plan's methods, a method itself, or null (with `weights`, or for one unmerged expert); `files` are
    texts by name to put beside the weights, such as README.md and mergekit.yaml.

    Returns: `{out, files, bytes, parameters}`.
    Raises: Problem `merge_request_invalid`, `plan_missing`, `model_changed`, `out_exists`, `disk_too_small`,
    `disk_full`, `store_not_writable`, `merge_not_finite`, and what opening models and merging raise.
    """
    request = _Request.parse(document)
    plan = Plan.read(Store.open(request.store), request.plan)
    size = plan.sizes.get(request.size)
    if size is None:
        raise _invalid(f"The plan has no size {request.size!r}; it has {', '.join(plan.sizes)}.")
    base = _open(size.base)
    assert isinstance(base, Checkpoint)
    for name in request.subset:
        if name not in size.experts:
            raise _invalid(f"The plan has no expert {name!r}; it has {', '.join(size.experts)}.")
    experts = {name: _open(size.experts[name]) for name in request.subset}
    fingerprints = {name: size.experts[name].fingerprint for name in request.subset}
    pool = Pool(base, experts, fingerprints, plan.embeddings, _POOL_MEMORY)
    merge = pool.plan(request.method_of(plan), list(request.subset), request.seed, request.weights)
    return write_folder(pool, merge, request.out, request.files, told)


def write_folder(
    pool: Pool, merge: Merge, out: Path, files: Mapping[str, str], told: Written = _untold
) -> dict[str, object]:
    """Write the merge `merge` of `pool` to the new folder `out`; see `write_merged`."""
    _refuse_existing(out)
    shards = _shards(pool.base)
    total = sum(info.end - info.begin for infos in shards.values() for info in infos)
    _refuse_small_disk(out, total)
    with _appearing_at(out) as folder:
        _write_tensors(pool, merge, folder, shards, lambda done: told(done, total))
        if len(shards) > 1:
            _write_index(folder, shards, total)
        _copy_beside(pool.base.folder, folder)
        for name, text in files.items():
            _write_text(folder / name, text)
        for file in folder.iterdir():
            _sync(file)
        if Checkpoint.open(folder).tensors.keys() != {t.name for infos in shards.values() for t in infos}:
            raise AssertionError("the written folder lacks tensors")
        written = sorted(file.name for file in folder.iterdir())
    return {"out": str(out), "files": written, "bytes": total, "parameters": pool.base.parameters}


# What was asked for --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Request:
    store: str
    plan: str
    size: str
    method: object
    seed: int | None
    subset: tuple[str, ...]
    weights: dict[str, float] | None
    out: Path
    files: dict[str, str]

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> _Request:
        texts = {key: document.get(key) for key in ("store", "plan", "size", "out")}
        for key, value in texts.items():
            if not isinstance(value, str) or not value:
                raise _invalid(f"{key} must be a text.")
        out = Path(str(texts["out"])).expanduser()
        if not out.is_absolute():
            raise _invalid(f"out must be an absolute folder, not {str(out)!r}.")
        weights = _weights(document.get("weights"))
        subset = document.get("subset") if weights is None else list(weights)
        if not isinstance(subset, list) or not subset or not all(isinstance(name, str) for name in subset):
            raise _invalid("Either subset must name experts, or weights must map experts to numbers.")
        if len(set(subset)) != len(subset):
            raise _invalid("subset names an expert twice.")
        seed = document.get("seed")
        if seed is not None and type(seed) is not int:
            raise _invalid("seed must be a whole number or null.")
        return cls(
            str(texts["store"]),
            str(texts["plan"]),
            str(texts["size"]),
            document.get("method"),
            seed,
            tuple(subset),
            weights,
            out,
            _files(document.get("files", {})),
        )

    def method_of(self, plan: Plan) -> dict[str, object] | None:
        if self.weights is not None or self.method is None:
            return None
        if isinstance(self.method, dict):
            return self.method
        if type(self.method) is int and 0 <= self.method < len(plan.methods):
            return plan.methods[self.method]
        raise _invalid(f"The plan has no method {self.method!r}; it has {len(plan.methods)}, counted from 0.")


def _weights(value: object) -> dict[str, float] | None:
    if value is None:
        return None
    if isinstance(value, dict) and all(isinstance(w, (int, float)) and w == w for w in value.values()):
        return {str(name): float(weight) for name, weight in value.items()}
    raise _invalid("weights must map experts to numbers.")


def _files(value: object) -> dict[str, str]:
    """Texts to write beside the weights; a name must not reach elsewhere or replace what is copied."""
    if not isinstance(value, dict):
        raise _invalid("files must map names to texts.")
    for name, text in value.items():
        plain = isinstance(name, str) and Path(name).name == name and not name.startswith(".")
        if not plain or name in ("config.json", *_COPIED) or name.startswith("model") or "\\" in name:
            raise _invalid(f"{name!r} is not a name for a file beside the weights.")
        if not isinstance(text, str):
            raise _invalid(f"{name} must be a text.")
    return dict(value)


def _open(model: PlanModel) -> Checkpoint | Adapter:
    """A model of the plan, which must still be the one that was planned."""
    opened = open_model(Path(model.path), "adapter" if model.kind == "adapter" else "checkpoint")
    if fingerprint(opened) != model.fingerprint:
        raise Problem(
            "model_changed",
            f"{model.source} is no longer the model that was planned: its files have changed.",
            "Plan the experiment again; merges of the other models are kept.",
            file=model.path,
        )
    return opened


# The folder ----------------------------------------------------------------------------------------------


def _refuse_existing(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()) or (out.is_dir() and any(out.iterdir())):
        raise Problem(
            "out_exists",
            f"{out} exists and is not an empty folder.",
            "Choose another folder, or remove that one.",
            file=out,
        )


def _refuse_small_disk(out: Path, needed: int) -> None:
    there = next(folder for folder in out.parents if folder.exists())
    free = shutil.disk_usage(there).free
    if free < needed + _SPARE_DISK:
        raise Problem(
            "disk_too_small",
            f"The merged model takes {needed / 1e9:.2f} GB, but {there} has {free / 1e9:.2f} GB free.",
            "Free some space, or write to another disk.",
            file=out,
        )


@contextmanager
def _appearing_at(out: Path) -> Iterator[Path]:
    """A temporary folder beside `out`, renamed to it at the end, removed if anything goes wrong."""
    folder = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        folder.mkdir(parents=True)
        yield folder
        sync_folder(folder)
        _refuse_existing(out)  # hours may have passed
        if out.is_dir():
            out.rmdir()
        folder.rename(out)
        sync_folder(out.parent)
    except OSError as error:
        problem = cannot_write(out, error)
        if problem.code == "store_not_writable":  # `out` is the merge's own folder, not a part of the store
            problem.fix = "Give yourself the right to write there, or choose another folder with --out."
        raise problem from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_beside(source: Path, folder: Path) -> None:
    """Config, tokenizer and generation settings of the base, and its own code where the config names some."""
    shutil.copyfile(source / "config.json", folder / "config.json")
    for name in _COPIED:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    if "auto_map" in read_config(source):
        for code in source.glob("*.py"):
            shutil.copyfile(code, folder / code.name)


def _write_text(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _sync(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


# The tensors ---------------------------------------------------------------------------------------------


def _shards(base: Checkpoint) -> dict[str, list[TensorInfo]]:
    """File name to the base's tensors that go into it; a tied output embedding is written once."""
    tied = base.head if base.tied_embeddings else None
    groups: list[list[TensorInfo]] = [[]]
    filled = 0
    for name in sorted(base.tensors):
        info = base.tensors[name]
        size = info.end - info.begin
        if name == tied:
            continue
        if groups[-1] and filled + size > _LARGEST_SHARD:
            groups.append([])
            filled = 0
        groups[-1].append(info)
        filled += size
    if len(groups) == 1:
        return {"model.safetensors": groups[0]}
    n = len(groups)
    return {f"model-{i:05d}-of-{n:05d}.safetensors": group for i, group in enumerate(groups, 1)}


def _write_index(folder: Path, shards: Mapping[str, list[TensorInfo]], total: int) -> None:
    places = {info.name: file for file, infos in shards.items() for info in infos}
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(places.items()))}
    _write_text(folder / "model.safetensors.index.json", json.dumps(index, indent=2) + "\n")


def _header(infos: list[TensorInfo]) -> bytes:
    """The safetensors header: types of most bytes first, so that every tensor is aligned."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for info in sorted(infos, key=lambda t: (-(t.end - t.begin) // max(1, t.elements), t.name)):
        size = info.end - info.begin
        header[info.name] = {
            "dtype": info.dtype,
            "shape": list(info.shape),
            "data_offsets": [position, position + size],
        }
        position += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _write_tensors(
    pool: Pool,
    merge: Merge,
    folder: Path,
    shards: Mapping[str, list[TensorInfo]],
    told: Callable[[int], None],
) -> None:
    """Each piece of the merge goes to its place in its shard, so that memory never holds a whole model."""
    merged = {slot.name for slot in pool.slots}
    done = 0
    with ExitStack() as stack:
        places: dict[str, tuple[BinaryIO, TensorInfo]] = {}
        for file, infos in shards.items():
            stream: BinaryIO = stack.enter_context((folder / file).open("wb+"))
            stream.write(_header(infos))
            stream.flush()
            stream.truncate(stream.tell() + sum(info.end - info.begin for info in infos))
            places |= {name: (stream, info) for name, info in _claims(folder / file, infos).items()}
        for name, (shard, info) in places.items():
            if name not in merged:
                shard.seek(info.begin)
                done += shard.write(_bytes(pool.base.read(name).reshape(-1)))
                told(done)
        for piece, values in pool.merged(merge):
            for part in pool.within(piece):
                assert part.slot is not None
                shard, info = places[part.slot.name]
                item = (info.end - info.begin) // info.elements
                wanted = pool.base.read(part.slot.name).dtype
                rounded = values[part.begin - piece.begin : part.end - piece.begin].to(wanted)
                _refuse_not_finite(rounded, part.slot.name)
                shard.seek(info.begin + item * (part.begin - part.slot.begin))
                done += shard.write(_bytes(rounded))
            told(done)


def _claims(file: Path, infos: list[TensorInfo]) -> dict[str, TensorInfo]:
    """Where the header just written says that each tensor lies, read back by our own reader."""
    found = read_header(file)
    assert found.keys() == {info.name for info in infos}
    return found


def _bytes(flat: torch.Tensor) -> memoryview:
    """The same memory as bytes, which a file can write without a copy."""
    return flat.contiguous().view(torch.uint8).numpy().data


def _refuse_not_finite(values: torch.Tensor, name: str) -> None:
    if not bool(torch.isfinite(values).all()):
        raise Problem(
            "merge_not_finite",
            f"The merge has values in {name} that are no numbers, or too large for the base's dtype.",
            "Check the experts for damaged weights, or use a smaller scale.",
        )


def _invalid(message: str) -> Problem:
    return Problem(
        "merge_request_invalid", message, "Correct the request; `merge-lab merge` makes valid ones."
    )
