"""A model folder as what it is: a full checkpoint or a LoRA adapter, told apart by its files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint

Kind = Literal["checkpoint", "adapter"]


def kind_of(folder: Path) -> Kind:
    """An adapter has an adapter_config.json and no full weights beside it."""
    full = ("model.safetensors", "model.safetensors.index.json")
    if (folder / "adapter_config.json").is_file() and not any((folder / name).is_file() for name in full):
        return "adapter"
    return "checkpoint"


def open_model(folder: Path, kind: Kind | None = None) -> Checkpoint | Adapter:
    """Open a folder as `kind`, or as what its files say. Raises: Problem, as the two `open` do."""
    if (kind or kind_of(folder)) == "adapter":
        return Adapter.open(folder)
    return Checkpoint.open(folder)
