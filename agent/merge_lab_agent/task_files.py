"""A task's folder on this machine, out of files that a client sent by content."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field
from merge_lab_agent.store import Store, cannot_write, check_inside

_KEY = re.compile(r"[0-9a-f]{64}")


def task_folder(store: Store, key: str, files: Any) -> Path:
    """The folder `tasks/<key>` with `files`, relative path → SHA-256 of what was `put` as data.

    The key names the files by content, so that a folder that is there is the one that is meant. Raises
    Problem `request_invalid`, `path_outside_store`, `task_data_missing`, `disk_full`, `store_not_writable`.
    """
    if _KEY.fullmatch(key) is None:
        raise invalid("The task's 'key' is not 64 hexadecimal digits.")
    folder = store.root / "tasks" / key
    if folder.is_dir():
        return folder
    half = folder.with_name(f".{key}.{secrets.token_hex(4)}")
    try:
        for name, digest in object_field(files, "task's files").items():
            check_inside(name)
            _place(store, str(digest), half / PurePosixPath(name))
        half.rename(folder)
    except OSError as error:
        if folder.is_dir():
            return folder
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return folder


def _place(store: Store, digest: str, file: Path) -> None:
    """One content under two names, where the file system can."""
    data = store.data(digest)
    if not data.is_file():
        raise Problem(
            "task_data_missing",
            f"The task's file '{file.name}' did not arrive.",
            "Ask again: it is sent again.",
        )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(data, file)
    except OSError:
        shutil.copyfile(data, file)
