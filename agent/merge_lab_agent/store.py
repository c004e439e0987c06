"""The store: plans, evaluation sets, prepared answers, geometry, claims, results, task scores and runs."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from merge_lab_agent import STORE_FORMAT
from merge_lab_agent.problem import Problem

FOLDERS = ("plans", "evaluations", "prepared", "geometry", "claims", "results", "downstream", "runs")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Store:
    """Paths of one store. It is a path itself: `Path(store)` is its folder."""

    root: Path

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Store:
        """The store at an absolute folder, created where it is missing.

        Raises Problem `store_path_relative`, `store_not_writable` or `disk_full`.
        """
        store = cls.at(folder)
        root = store.root
        try:
            for name in FOLDERS:
                (root / name).mkdir(parents=True, exist_ok=True)
            if root.parent.name == ".mergelab":
                _ignore_in_git(root.parent)
        except OSError as error:
            raise cannot_write(root, error) from error
        return store

    @classmethod
    def at(cls, folder: str | os.PathLike[str]) -> Store:
        """The store at an absolute folder, for reading: nothing is created, so a folder may be missing.

        Raises Problem `store_path_relative`.
        """
        root = Path(folder)
        if not root.is_absolute():
            raise Problem(
                "store_path_relative",
                f"The store's folder '{root}' is not an absolute path.",
                "Give the store as an absolute path.",
            )
        return cls(root)

    def __fspath__(self) -> str:
        return str(self.root)

    def plan(self, plan_id: str) -> Path:
        return self.root / "plans" / f"{_digest(plan_id, 'plan')}.jsonl"

    def evaluation(self, evaluation_id: str) -> Path:
        return self.root / "evaluations" / f"{_digest(evaluation_id, 'evaluation')}.json"

    def geometry(self, key: str) -> Path:
        return self.root / "geometry" / f"{_digest(key, 'geometry')}.json"

    def data(self, digest: str) -> Path:
        """Evaluation data that a client sent, by its SHA-256."""
        return self.root / "data" / _digest(digest, "file")

    def claims(self, plan_id: str) -> Path:
        return self.root / "claims" / _digest(plan_id, "plan")

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def downstream(self) -> Path:
        return self.root / "downstream"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    def run(self, run_id: str) -> Path:
        if RUN_ID.fullmatch(run_id) is None:
            raise Problem(
                "run_unknown",
                f"'{run_id[:100]}' is not the name of a run.",
                "Ask for the runs of the store and use a name from there.",
            )
        return self.runs / run_id


_DENIES_ANSWERS = ("model_changed", "evaluation_damaged", "evaluation_missing")


def forget_denied_answers(store: Store, problem: Problem) -> None:
    """Throws the kept answers of `prepare` away where work proved one wrong.

    They are kept by sizes and times of files. Where a change left both as they were, every new plan would
    otherwise rest on the same answer, and fail again.
    """
    if problem.code in _DENIES_ANSWERS:
        for file in (store.root / "prepared").glob("*.json"):
            with contextlib.suppress(OSError):
                file.unlink()


def _digest(text: str, what: str) -> str:
    """Ids become file names, so nothing but a digest may pass."""
    if HEX_DIGEST.fullmatch(text) is None:
        raise Problem(
            f"{what}_id_invalid",
            f"'{text[:100]}' is not the id of {'an' if what[0] in 'aeiou' else 'a'} {what}.",
            "Ids are 64 lower-case hexadecimal digits; plan the experiment again.",
        )
    return text


def check_inside(path: str) -> None:
    """Clients name files of the store only: plain relative paths with forward slashes."""
    pure = PurePosixPath(path)
    if not path or "\\" in path or "\0" in path or ":" in path or pure.is_absolute() or ".." in pure.parts:
        raise Problem(
            "path_outside_store",
            f"'{path[:200]}' is not a path inside the store.",
            "Name files by their paths relative to the store.",
        )


def _ignore_in_git(folder: Path) -> None:
    file = folder / ".gitignore"
    if not file.exists():
        with contextlib.suppress(FileExistsError), file.open("x", encoding="utf-8") as opened:
            opened.write("*\n")


def check_format(document: Any, file: Path) -> None:
    """Refuses a file of another store format by name, rather than guessing at what it means."""
    found = document.get("format") if isinstance(document, dict) else None
    if isinstance(found, bool) or not isinstance(found, int):
        raise Problem(
            "store_format_missing",
            f"'{file.name}' does not say which store format it has.",
            "Remove the file, or the whole store, and run again.",
            file=file,
        )
    if found > STORE_FORMAT:
        raise Problem(
            "store_too_new",
            f"'{file.name}' has store format {found}; this agent knows formats up to {STORE_FORMAT}.",
            "Update Model Merge Lab, or use another store folder.",
            file=file,
        )
    if found < STORE_FORMAT:
        raise Problem(
            "store_too_old",
            f"'{file.name}' has store format {found}; this agent reads format {STORE_FORMAT} only.",
            "Use an older Model Merge Lab for this store, or move the store away and run again.",
            file=file,
        )


def write_atomically(file: Path, content: bytes, *, durable: bool = True) -> None:
    """Replaces `file` so that a reader, or a kill, sees the old content or the new, never a part.

    `durable` also waits until the content is on disk. Raises Problem `disk_full` or `store_not_writable`.
    """
    temporary = file.parent / f".{file.name}.{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("xb") as opened:
            opened.write(content)
            if durable:
                opened.flush()
                os.fsync(opened.fileno())
        _replace(temporary, file)
        if durable:
            sync_folder(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise cannot_write(file, error) from error


def _replace(temporary: Path, file: Path) -> None:
    """Windows refuses to replace a file while somebody reads it: readers are quick, so try again."""
    for pause in (0.01, 0.05, 0.2, None):
        try:
            temporary.replace(file)
            return
        except PermissionError:
            if os.name != "nt" or pause is None:
                raise
            time.sleep(pause)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system can open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems refuse to sync folders; the file itself is on disk by then.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def cannot_write(file: Path, error: OSError) -> Problem:
    """What a person is told when a file of the store, or the store itself, cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem(
            "disk_full",
            f"No space is left to write '{file}'.",
            "Free some space and run again; finished merges are kept.",
            file=file,
        )
    return Problem(
        "store_not_writable",
        f"'{file}' cannot be written: {error.strerror or error}.",
        "Give yourself the right to write there, or use another store folder.",
        file=file,
    )


def compact_json(document: Any) -> bytes:
    """One line without spaces; refuses NaN and infinity."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
