"""Which files an answer depends on, and their state before they were read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from merge_lab_agent.tokenizer import TOKENIZER_FILES

_CONFIGS = {"config.json", "adapter_config.json", "model.safetensors.index.json", *TOKENIZER_FILES}


class FilesRead:
    """Sizes and modification times, each taken before the file is read: a change in between then shows."""

    def __init__(self) -> None:
        self._states: dict[str, dict[str, Any]] = {}

    def add(self, path: Path) -> None:
        """A folder has size null, and its time says when a file came or went; a missing one has neither."""
        key = str(path)
        if key in self._states:
            return
        try:
            stat = path.stat()
        except (OSError, ValueError):
            self._states[key] = {"path": key, "size": None, "mtime_ns": None}
            return
        size = None if path.is_dir() else stat.st_size
        self._states[key] = {"path": key, "size": size, "mtime_ns": str(stat.st_mtime_ns)}

    def add_model(self, folder: Path) -> None:
        """A model's folder and those of its files that decide anything."""
        self.add(folder)
        if folder.is_dir():
            for file in sorted(folder.iterdir()):
                if file.suffix == ".safetensors" or file.name in _CONFIGS:
                    self.add(file)

    def to_json(self) -> list[dict[str, Any]]:
        return sorted(self._states.values(), key=lambda state: str(state["path"]))
