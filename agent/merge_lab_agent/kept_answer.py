"""An answer of `prepare` that is kept in the store, for as long as no file that it rests on has changed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from merge_lab_agent import STORE_FORMAT, __version__
from merge_lab_agent.files_read import FilesRead
from merge_lab_agent.prepare_request import request_digest
from merge_lab_agent.store import Store


def kept_answer(request: dict[str, Any]) -> dict[str, Any] | None:
    """None where the question is new, another version answered, a file changed, or something was wrong."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        store = Store.at(request["store"])
        document = json.loads((store.root / "prepared" / f"{request_digest(request)}.json").read_bytes())
        answer = document["answer"]
        if (
            (document["format"], document["agent"]) == (STORE_FORMAT, __version__)
            and document["request"] == request
            and not answer["problems"]
            and all(store.evaluation(name).exists() for name in _evaluations(answer["evaluations"]))
            and _unchanged(document["files"])
        ):
            return dict(answer)
    return None


def _evaluations(found: dict[str, dict[str, Any]]) -> list[str]:
    """Their ids: of merges they stand by domain, of ensembles by id."""
    return [str(made.get("id", name)) for name, made in found.items()]


def _unchanged(files: list[dict[str, Any]]) -> bool:
    now = FilesRead()
    for file in files:
        now.add(Path(file["path"]))
    return now.to_json() == files
