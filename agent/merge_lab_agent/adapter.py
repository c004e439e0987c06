"""A LoRA adapter as an expert: what it adds to each tensor of its base.

Δ = (alpha/r)·B·A ("LoRA", arXiv 2106.09685), with alpha/√r for rsLoRA (arXiv 2312.03732). Whatever would need
more than the stored matrices and the base to be computed right is refused by name.
"""

from __future__ import annotations

import math
import mmap
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent.checkpoint import read_json_object
from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import TensorInfo, read_header, read_tensor, stored_dtype

if TYPE_CHECKING:
    import torch

_PREFIX = "base_model.model."
# Fields that change how training ran, or what the files below say anyway.
_HARMLESS = {
    "alpha_pattern", "auto_mapping", "base_model_name_or_path", "bias", "corda_config",
    "ensure_weight_tying", "eva_config", "exclude_modules", "fan_in_fan_out", "inference_mode",
    "init_lora_weights", "layers_pattern", "layers_to_transform", "loftq_config", "lora_alpha",
    "lora_dropout", "lora_ga_config", "megatron_config", "megatron_core", "modules_to_save",
    "peft_type", "peft_version", "qalora_group_size", "r", "rank_pattern", "revision",
    "runtime_config", "target_modules", "task_type", "use_rslora",
}  # fmt: skip
# Starts of training that leave the base as it is. Others subtract their start from the base, which is then
# not the one the experiment names.
_STARTS = (True, False, None, "gaussian", "eva", "orthogonal")


@dataclass(frozen=True)
class Target:
    """What an adapter does to one tensor of the base: adds scaling·B·A, or replaces it, or both."""

    a: str | None = None
    b: str | None = None
    scaling: float = 0.0
    transposed: bool = False  # the base stores the tensor as [in, out]
    saved: str | None = None


@dataclass
class Adapter:
    """A LoRA adapter folder. `targets` maps names of base tensors to what changes them."""

    folder: Path
    config: dict[str, Any]
    tensors: dict[str, TensorInfo]
    files: list[Path]
    targets: dict[str, Target]
    _maps: dict[Path, mmap.mmap] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: Path) -> Adapter:
        """Read and check config and headers; no tensor data is read.

        Raises: Problem `adapter_invalid`, `adapter_unsupported`, `pickle_refused`, `model_missing`, or one of
        `read_header`'s.
        """
        file = folder / "adapter_model.safetensors"
        if not (folder / "adapter_config.json").is_file():
            raise Problem(
                "model_missing",
                f"There is no adapter_config.json in {folder}.",
                "Point to a folder written by peft's save_pretrained.",
                file=folder,
            )
        if not file.is_file():
            raise _without_weights(folder)
        config = read_json_object(folder / "adapter_config.json", "adapter_invalid")
        _refuse_unsupported(folder, config)
        tensors = read_header(file)
        return cls(folder, config, tensors, [file], _targets(folder, config, tensors))

    @property
    def dtype(self) -> str:
        """Torch's name of the stored floating type; `mixed` where tensors differ."""
        return stored_dtype(self.tensors)

    @property
    def bytes(self) -> int:
        return sum(info.end - info.begin for info in self.tensors.values())

    @property
    def parameters(self) -> int:
        return sum(info.elements for info in self.tensors.values() if info.is_float)

    def read(self, name: str) -> torch.Tensor:
        """A stored tensor of the adapter itself, as a view of the mapped file."""
        return read_tensor(self.tensors[name], self._maps)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape that the base's tensor `name` must have, or None for an untouched one."""
        target = self.targets.get(name)
        if target is None:
            return None
        if target.saved is not None:
            return self.tensors[target.saved].shape
        assert target.a is not None and target.b is not None, "a target without matrices is saved"
        inner, outer = self.tensors[target.a].shape[1], self.tensors[target.b].shape[0]
        return (inner, outer) if target.transposed else (outer, inner)

    def delta(self, name: str, base: torch.Tensor) -> torch.Tensor | None:
        """What this expert adds to the base's tensor `name`: float32, its shape; None if nothing.

        Raises: Problem `adapter_base_mismatch` if the shapes cannot belong together.
        """
        import torch

        target = self.targets.get(name)
        if target is None:
            return None
        if self.shape(name) != tuple(base.shape):
            raise shape_mismatch(self, name, tuple(base.shape))
        total = torch.zeros(base.shape, dtype=torch.float32)
        if target.saved is not None:
            total += self.read(target.saved).float() - base.to(device="cpu", dtype=torch.float32)
        if target.a is not None and target.b is not None:
            update = self.read(target.b).float() @ self.read(target.a).float()
            total += (update.T if target.transposed else update) * target.scaling
        return total.to(base.device)


def shape_mismatch(adapter: Adapter, name: str, found: tuple[int, ...] | None) -> Problem:
    """The adapter was not trained on this base; `found` is None where the base lacks the tensor."""
    has = "which the base lacks" if found is None else f"which has shape {found} in the base"
    return Problem(
        "adapter_base_mismatch",
        f"The adapter {adapter.folder} changes {name} (shape {adapter.shape(name)}), {has}.",
        f"Use the base it was trained on: {adapter.config.get('base_model_name_or_path') or 'not recorded'}.",
        file=adapter.folder,
    )


def _without_weights(folder: Path) -> Problem:
    if any((folder / f"adapter_model.{ending}").is_file() for ending in ("bin", "pt", "pth")):
        return Problem(
            "pickle_refused",
            f"{folder} holds its adapter only as pickle, which can run any code when it is read.",
            "Save it again with peft's save_pretrained(..., safe_serialization=True).",
            file=folder,
        )
    return Problem(
        "model_missing",
        f"{folder} has adapter_config.json but no adapter_model.safetensors.",
        "Finish the download or copy of the adapter.",
        file=folder,
    )


def _refuse_unsupported(folder: Path, config: dict[str, Any]) -> None:
    """Refuse by name what B·A alone does not describe, and any field this agent does not know."""
    kind = config.get("peft_type")
    if kind != "LORA":
        raise _unsupported(folder, f"the adapter type {kind}")
    if config.get("use_dora"):
        raise _unsupported(folder, "DoRA (use_dora)")
    start = config.get("init_lora_weights", True)
    if start not in _STARTS:
        raise _unsupported(folder, f"the initialisation {start!r}, which changes the base,")
    for key, value in config.items():
        if key not in _HARMLESS and value:
            raise _unsupported(folder, f"the setting {key}")


def _unsupported(folder: Path, what: str) -> Problem:
    return Problem(
        "adapter_unsupported",
        f"{folder}: {what} is not supported for LoRA experts.",
        "Merge it into its base with peft's merge_and_unload, save that model, and use it as the expert.",
        file=folder / "adapter_config.json",
    )


def _targets(folder: Path, config: dict[str, Any], tensors: dict[str, TensorInfo]) -> dict[str, Target]:
    """Pair the stored tensors up by the base tensor that they change."""
    parts: dict[str, dict[str, str]] = {}
    for stored in tensors:
        base_name, part = _part(folder, stored)
        if part in parts.setdefault(base_name, {}):
            raise _invalid(folder, f"two tensors are the {part} of {base_name}")
        parts[base_name][part] = stored
    if not parts:
        raise _invalid(folder, "it holds no tensor")
    return {name: _target(folder, config, tensors, name, found) for name, found in sorted(parts.items())}


_LORA = re.compile(r"(?P<module>.+)\.lora_(?P<part>A|B)\.weight")
_EMBEDDING = re.compile(r"(?P<module>.+)\.lora_embedding_(?P<part>A|B)")


def _part(folder: Path, stored: str) -> tuple[str, str]:
    """The base tensor that a stored tensor belongs to, and its part: (embedding_)A or B, or saved."""
    if not stored.startswith(_PREFIX):
        raise _invalid(folder, f"the tensor {stored} does not begin with {_PREFIX}")
    name = stored[len(_PREFIX) :]
    for pattern, kind in ((_LORA, ""), (_EMBEDDING, "embedding_")):
        if match := pattern.fullmatch(name):
            return f"{match['module']}.weight", kind + match["part"]
    if "lora_" in name or "token_adapter" in name:
        raise _unsupported(folder, f"the stored tensor {stored}")
    return name.replace(".base_layer.", "."), "saved"


def _target(
    folder: Path, config: dict[str, Any], tensors: dict[str, TensorInfo], name: str, found: dict[str, str]
) -> Target:
    saved = found.get("saved")
    kinds = found.keys() - {"saved"}
    if not kinds:
        return Target(saved=saved)
    prefix = "embedding_" if any(kind.startswith("embedding_") for kind in kinds) else ""
    if kinds != {f"{prefix}A", f"{prefix}B"}:
        raise _invalid(folder, f"{name} has {', '.join(sorted(kinds))} where A and B belong together")
    a, b = found[f"{prefix}A"], found[f"{prefix}B"]
    shape_a, shape_b = tensors[a].shape, tensors[b].shape
    if len(shape_a) != 2 or len(shape_b) != 2:
        raise _unsupported(folder, f"a convolution ({name})")
    rank, alpha = _rank_and_alpha(folder, config, name.removesuffix(".weight"))
    if shape_a[0] != rank or shape_b[1] != rank:
        raise _invalid(folder, f"{name} should have rank {rank} but A is {shape_a} and B is {shape_b}")
    scaling = alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank
    transposed = bool(prefix) or bool(config.get("fan_in_fan_out"))
    return Target(a, b, scaling, transposed, saved)


def _rank_and_alpha(folder: Path, config: dict[str, Any], module: str) -> tuple[int, float]:
    """Rank and alpha: of the first pattern that matches the end of the module's name, else common."""
    rank = _by_pattern(folder, config, "rank_pattern", module, config.get("r"))
    alpha = _by_pattern(folder, config, "alpha_pattern", module, config.get("lora_alpha", 8))
    if type(rank) is not int or rank < 1:
        raise _invalid(folder, f"the rank of {module} is {rank!r}")
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not math.isfinite(alpha):
        raise _invalid(folder, f"lora_alpha of {module} is {alpha!r}")
    return rank, float(alpha)


def _by_pattern(folder: Path, config: dict[str, Any], key: str, module: str, otherwise: Any) -> Any:
    patterns = config.get(key) or {}
    if not isinstance(patterns, dict):
        raise _invalid(folder, f"{key} is not a map")
    for pattern, value in patterns.items():
        try:
            if re.match(rf"(.*\.)?({pattern})$", module):
                return value
        except re.error as error:
            raise _invalid(folder, f"{key} holds {pattern!r}, which is no pattern: {error}") from error
    return otherwise


def _invalid(folder: Path, what: str) -> Problem:
    return Problem(
        "adapter_invalid",
        f"The adapter {folder} cannot be used: {what}.",
        "Save the adapter again with peft's save_pretrained, or download it again.",
        file=folder,
    )
