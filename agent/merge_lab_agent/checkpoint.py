"""A model folder: config and safetensors files, checked before they are mapped, read without copying."""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import (
    TensorInfo,
    read_header,
    read_tensor,
    stored_dtype,
    why_unreadable,
)

if TYPE_CHECKING:
    import torch

_LARGEST_JSON = 64_000_000
# Masks and position tables that old checkpoints stored; computed from the config, never trained.
DERIVED = (".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".masked_bias")
_HEADS = ("lm_head.weight", "embed_out.weight", "output.weight")


@dataclass
class Checkpoint:
    """A full model: its config and where each tensor lies. Tensors are mapped at the first read.

    Example: `Checkpoint.open(Path("models/base")).read("model.norm.weight")`
    """

    folder: Path
    config: dict[str, Any]
    tensors: dict[str, TensorInfo]
    files: list[Path]
    _maps: dict[Path, mmap.mmap] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: Path) -> Checkpoint:
        """Read and check config and headers; no tensor data is read.

        Raises: Problem `model_missing`, `config_missing`, `config_invalid`, `pickle_refused`,
        `shard_missing`, `shard_mismatch`, `index_invalid`, or one of `read_header`'s.
        """
        if not folder.is_dir():
            raise Problem(
                "model_missing",
                f"There is no model folder at {folder}.",
                "Correct the path; a name that begins with ./ is relative to the experiment file.",
                file=folder,
            )
        config = read_config(folder)
        files, tensors = _tensors_of(folder)
        return cls(folder, config, tensors, files)

    @property
    def bytes(self) -> int:
        """Size of all tensor data."""
        return sum(info.end - info.begin for info in self.tensors.values())

    @property
    def dtype(self) -> str:
        """Torch's name of the stored floating type; `mixed` where tensors differ."""
        return stored_dtype(self.tensors)

    @property
    def architecture(self) -> str:
        named = self.config.get("architectures")
        if isinstance(named, list) and named and isinstance(named[0], str):
            return named[0]
        return str(self.config.get("model_type", "unknown"))

    @property
    def head(self) -> str | None:
        """The stored output projection's name, if it is stored apart from the embedding."""
        return next((n for n in self.tensors if n.endswith(_HEADS)), None)

    @property
    def embedding(self) -> str | None:
        """The input embedding's tensor name: the two-dimensional tensor that names itself so."""
        endings = ("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight")
        return next((n for n in self.tensors if n.endswith(endings)), None)

    @property
    def vocabulary(self) -> int:
        """Rows of the input embedding (tokens and padding rows), else what the config says, else 0."""
        if self.embedding is not None:
            return self.tensors[self.embedding].shape[0]
        size = self.config.get("vocab_size")
        return size if isinstance(size, int) else 0

    @property
    def tied_embeddings(self) -> bool:
        """Whether input and output embedding are one parameter: stored once, or said so by the config."""
        if self.embedding is None:
            return False
        return self.head is None or self.config.get("tie_word_embeddings") is True

    @property
    def parameters(self) -> int:
        """Trained parameters, tied ones once; masks and position tables do not count."""
        skip = self.head if self.tied_embeddings else None
        return sum(
            info.elements
            for name, info in self.tensors.items()
            if info.is_float and name != skip and not name.endswith(DERIVED)
        )

    def read(self, name: str) -> torch.Tensor:
        """The tensor `name` as a view of the mapped file: no copy, and read-only (writing to it would crash).

        Raises: Problem `tensor_missing`.
        """
        info = self.tensors.get(name)
        if info is None:
            raise Problem(
                "tensor_missing",
                f"{self.folder} has no tensor {name}.",
                "Use experts of the base's own architecture.",
                file=self.folder,
            )
        return read_tensor(info, self._maps)


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` as an object. Raises: Problem `config_missing`, `config_invalid`."""
    file = folder / "config.json"
    if not file.is_file():
        raise Problem(
            "config_missing",
            f"{folder} has no config.json, so it is not a model that transformers can load.",
            "Point to the folder that holds config.json and the .safetensors files.",
            file=file,
        )
    config = read_json_object(file, "config_invalid")
    if not isinstance(config.get("model_type"), str):
        raise Problem(
            "config_invalid",
            f"{file} names no model_type.",
            "Use the config.json that belongs to the model.",
            file=file,
        )
    return config


def read_json_object(file: Path, code: str) -> dict[str, Any]:
    """A small JSON file that must hold an object. Raises: Problem with `code`."""
    fix = "Use the file that belongs to the model; download it again if in doubt."
    try:
        if file.stat().st_size > _LARGEST_JSON:
            raise ValueError("it is too large to be such a file")
        document = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Problem(
            code, f"{file} cannot be read as JSON: {why_unreadable(error)}.", fix, file=file
        ) from error
    if not isinstance(document, dict):
        raise Problem(code, f"{file} holds no JSON object.", fix, file=file)
    return document


def _tensors_of(folder: Path) -> tuple[list[Path], dict[str, TensorInfo]]:
    """The files transformers would load, and their tensors: one file first, then an index of shards."""
    single, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if single.is_file():
        tensors = read_header(single)
        _refuse_empty(folder, tensors)
        return [single], tensors
    if index.is_file():
        return _sharded(folder, index)
    raise _no_safetensors(folder)


def _refuse_empty(folder: Path, tensors: Mapping[str, TensorInfo]) -> None:
    if not tensors:
        raise Problem(
            "model_missing",
            f"The safetensors files in {folder} hold no tensor.",
            "Point to a folder with a complete model.",
            file=folder,
        )


def _no_safetensors(folder: Path) -> Problem:
    """Why a folder has nothing to load: only pickled weights, an adapter, odd names, or nothing at all."""
    pickled = sorted(
        f.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl") for f in folder.glob(pattern)
    )
    if pickled:
        return Problem(
            "pickle_refused",
            f"{folder} holds its weights only as pickle ({pickled[0]}), which can run any code when read.",
            "Convert it to safetensors with a tool you trust, or use a revision that has model.safetensors.",
            file=folder / pickled[0],
        )
    if (folder / "adapter_config.json").is_file():
        return Problem(
            "model_missing",
            f"{folder} holds a LoRA adapter, not a full model.",
            "Use the model that the adapter was trained on as the base.",
            file=folder,
        )
    others = sorted(f.name for f in folder.glob("*.safetensors"))
    if others:
        return Problem(
            "model_missing",
            f"{folder} has {others[0]} but neither model.safetensors nor model.safetensors.index.json.",
            "Save the model with transformers' save_pretrained, which writes the usual names.",
            file=folder,
        )
    return Problem(
        "model_missing",
        f"{folder} holds no .safetensors file.",
        "Point to a folder with a complete model; an unfinished download must be finished first.",
        file=folder,
    )


def _sharded(folder: Path, index: Path) -> tuple[list[Path], dict[str, TensorInfo]]:
    """All shards an index names; each tensor lies in exactly the shard the index says."""
    weight_map = read_json_object(index, "index_invalid").get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise _bad_index(index, "it has no weight_map")
    by_shard: dict[str, set[str]] = {}
    for tensor, shard in weight_map.items():
        if not isinstance(shard, str) or not _plain_name(shard):
            raise _bad_index(
                index, f"{tensor!r} is said to lie in {shard!r}, not a .safetensors file of the folder"
            )
        by_shard.setdefault(shard, set()).add(tensor)
    tensors: dict[str, TensorInfo] = {}
    files: list[Path] = []
    for shard, expected in sorted(by_shard.items()):
        file = folder / shard
        if not file.is_file():
            raise Problem(
                "shard_missing",
                f"{folder} lacks {shard}, one of {len(by_shard)} files that {index.name} names.",
                "Finish the download or copy of the model.",
                file=file,
            )
        found = read_header(file)
        if found.keys() != expected:
            odd = sorted(found.keys() ^ expected)[0]
            where = "only the index" if odd in expected else "the file but not the index"
            raise Problem(
                "shard_mismatch",
                f"{file}: tensor {odd} is in {where}.",
                "Use shards and index of the same model and revision.",
                file=file,
            )
        files.append(file)
        tensors |= found
    return files, tensors


def _plain_name(name: str) -> bool:
    """A file name without a path: an index must not lead out of its folder."""
    return name.endswith(".safetensors") and not any(c in name for c in "/\\:\0") and not name.startswith(".")


def _bad_index(index: Path, what: str) -> Problem:
    return Problem(
        "index_invalid",
        f"{index} is not a usable index: {what}.",
        "Use the index that belongs to the model; download it again if in doubt.",
        file=index,
    )
