"""Which models a client sends, checked at the edge: folders, and their files by content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.request import invalid, object_field, text_field
from merge_lab_agent.store import Store

MOST_MODELS = 1000
MOST_FILES = 2000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}")


@dataclass(frozen=True)
class SentModel:
    """A model's absolute `folder`, and the SHA-256 and size in bytes of each of its files."""

    folder: Path
    files: dict[str, tuple[str, int]]

    @property
    def half(self) -> Path:
        return self.folder.with_name(f".{self.folder.name}.part")

    def lacking(self, store: Store) -> dict[str, int]:
        """Size by SHA-256 of what has not arrived."""
        return {digest: size for digest, size in self.files.values() if not store.data(digest).is_file()}


def sent_models(request: dict[str, Any]) -> list[SentModel]:
    """The request's `models`. Raises Problem `request_invalid`."""
    asked = request.get("models")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_MODELS:
        raise invalid(f"The request needs a list 'models' of up to {MOST_MODELS}.")
    models = [_model(each) for each in asked]
    if len({model.folder for model in models}) < len(models):
        raise invalid("A folder is named twice.")
    return models


def _model(asked: Any) -> SentModel:
    folder = Path(text_field(asked, "folder"))
    if not folder.is_absolute() or ".." in folder.parts or not folder.name:
        raise invalid(f"The model's folder '{str(folder)[:200]}' is not a plain absolute path.")
    files = object_field(object_field(asked).get("files"), "model's files")
    if not 0 < len(files) <= MOST_FILES:
        raise invalid(f"A model has up to {MOST_FILES} files.")
    return SentModel(folder, {name: _file(name, file) for name, file in files.items()})


def _file(name: str, file: Any) -> tuple[str, int]:
    if _NAME.fullmatch(name) is None:
        raise invalid(f"'{name[:100]}' is no name of a model's file.")
    size = object_field(file, "model's file").get("size")
    if type(size) is not int or size < 0:
        raise invalid(f"The size of '{name}' is not a whole number.")
    return text_field(file, "sha256"), size
