"""Folders that hold models, for completion while somebody types."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import text_field

DEPTH = 5
MOST_MODELS = 500
MOST_SECONDS = 2.0
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


def list_models(request: dict[str, Any]) -> dict[str, Any]:
    """The call `list {root}` → `{models: [{path, kind}], complete}`; paths relative to `root`, forward
    slashes.

    Looks a few levels deep and for two seconds at most; `complete` says whether that was all.
    """
    root = Path(text_field(request, "root")).expanduser()
    if not root.is_dir():
        raise Problem("folder_missing", f"There is no folder '{root}'.", "Correct the path.", file=root)
    deadline = time.monotonic() + MOST_SECONDS
    found: list[dict[str, str]] = []
    waiting = [root]
    while waiting:
        folder = waiting.pop(0)
        if len(found) >= MOST_MODELS or time.monotonic() > deadline:
            return {"models": found, "complete": False}
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        kind = _kind({entry.name for entry in entries})
        if kind is not None:
            found.append({"path": folder.relative_to(root).as_posix(), "kind": kind})
        elif len(folder.relative_to(root).parts) < DEPTH:
            waiting += [Path(entry.path) for entry in entries if _worth_entering(entry)]
    return {"models": found, "complete": True}


def _kind(names: set[str]) -> str | None:
    if "adapter_config.json" in names:
        return "adapter"
    weights = any(name.endswith((".safetensors", ".safetensors.index.json")) for name in names)
    return "checkpoint" if "config.json" in names and weights else None


def _worth_entering(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.name not in SKIPPED and entry.is_dir(follow_symlinks=True)
