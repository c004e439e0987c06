"""Results: one file a writer, append-only, every line checked; reading forgives any damage.

A line is the score of one merge on one domain, or the failure of a whole merge. Nothing is rewritten: a
damaged line is ignored and its merge computed again.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import re
import sys
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from merge_lab_agent import STORE_FORMAT, __version__
from merge_lab_agent.faults import armed, die, fault
from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.store import Store, cannot_write, check_format, compact_json, sync_folder

END = re.compile(rb',"crc":"([0-9a-f]{8})"\}')
CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True)
class ResultLine:
    """`nll` is in nats, summed over `tokens` scored tokens; None with a `code` where there is none.

    `per_sample` holds little-endian float32 values, one a sample (or one a block above 1,000 samples).
    """

    key: str
    evaluation: str | None
    nll: float | None
    tokens: int
    samples: int
    per_sample: bytes | None
    seconds: float
    device: str
    batch_tokens: int
    code: str | None
    attempt: int
    message: str | None = None

    @classmethod
    def failed(
        cls, merge: str, *, device: str, batch_tokens: int, code: str, message: str, attempt: int
    ) -> ResultLine:
        """The one line of a merge, named by its key, that could not be scored."""
        return cls(
            key=merge,
            evaluation=None,
            nll=None,
            tokens=0,
            samples=0,
            per_sample=None,
            seconds=0.0,
            device=device,
            batch_tokens=batch_tokens,
            code=code,
            attempt=attempt,
            message=message,
        )

    def encode(self) -> bytes:
        """The line's bytes, checksum last, newline included."""
        nll = self.nll if self.nll is not None and math.isfinite(self.nll) else None
        document = {
            "key": self.key,
            "evaluation": self.evaluation,
            "nll": nll,
            "tokens": self.tokens,
            "samples": self.samples,
            "per_sample": None
            if self.per_sample is None or nll is None
            else base64.b64encode(self.per_sample).decode("ascii"),
            "seconds": round(self.seconds, 6),
            "device": self.device,
            "batch_tokens": self.batch_tokens,
            "code": self.code if nll is not None or self.code else "diverged",
            "message": self.message,
            "attempt": self.attempt,
        }
        return seal(document)


def seal(document: dict[str, Any]) -> bytes:
    """A line with its checksum as the last field, newline included."""
    body = compact_json(document)[:-1]
    return body + b',"crc":"%08x"}\n' % zlib.crc32(body)


def unseal(line: bytes) -> Any:
    """The document of a line without its newline; None where it is damaged."""
    start = line.rfind(b',"crc"')
    end = END.fullmatch(line, start) if start > 0 else None
    if end is None or int(end[1], 16) != zlib.crc32(line[:start]):
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def decode(line: bytes) -> dict[str, Any] | None:
    """A result's document; None where the line is damaged or of no use."""
    document = unseal(line)
    return document if isinstance(document, dict) and _believable(document) else None


def _believable(line: dict[str, Any]) -> bool:
    """A loss with its per-sample values, or a failure with its code."""
    key, evaluation, nll, code = (line.get(name) for name in ("key", "evaluation", "nll", "code"))
    if not isinstance(key, str) or type(line.get("attempt")) is not int:
        return False
    if nll is None:
        return isinstance(code, str) and (evaluation is None or isinstance(evaluation, str))
    finite = type(nll) in (int, float) and abs(nll) <= sys.float_info.max  # isfinite() fails on huge integers
    return finite and code is None and isinstance(evaluation, str) and isinstance(line.get("per_sample"), str)


class Line(Protocol):
    def encode(self) -> bytes:
        """Its bytes, sealed, newline included."""


class ResultWriter:
    """Appends the lines of one merge in one write and one flush to disk; the first append begins the file.

    A write that fails leaves a torn line at most; the next append then goes to a new file. `folder` is that
    of the results, unless another one is named.
    """

    def __init__(self, store: Store, plan_id: str, folder: Path | None = None) -> None:
        self.folder = folder or store.results
        self.plan_id = plan_id
        self.file: Path | None = None
        self._handle: int | None = None

    def append(self, lines: Iterable[Line]) -> None:
        """Raises Problem `disk_full` or `store_not_writable`; then none of the lines may count as written."""
        content = b"".join(line.encode() for line in lines)
        file = self.file or self.folder
        try:
            handle = self._open()
            file = self.file or file
            fault("before_append")
            if armed("mid_append"):
                os.write(handle, content[: len(content) // 2])
                die()
            _write_all(handle, content)
            os.fsync(handle)
        except OSError as error:
            self.close()
            raise cannot_write(file, error) from error
        fault("after_append")

    def close(self) -> None:
        handle, self._handle, self.file = self._handle, None, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)

    def _open(self) -> int:
        if self._handle is not None:
            return self._handle
        writer = new_worker_id()
        file = self.folder / f"{writer}.jsonl"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._handle = os.open(file, flags, 0o666)
        self.file = file
        header = {
            "format": STORE_FORMAT,
            "writer": writer,
            "plan": self.plan_id,
            "agent": __version__,
            "torch": _version("torch"),
            "transformers": _version("transformers"),
        }
        _write_all(self._handle, seal(header))
        sync_folder(self.folder)
        return self._handle


def _write_all(handle: int, content: bytes) -> None:
    """One write in practice; a system that takes less is asked again until it says why."""
    while content:
        content = content[os.write(handle, content) :]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


class ResultIndex:
    """What the store already knows, over every results file; reads each byte once.

    `keys` limits memory to the merges of interest.
    """

    def __init__(self, store: Store, keys: Collection[str] | None = None) -> None:
        self.store = store
        self.keys = keys
        self.damaged = 0
        self.completed: set[tuple[str, str]] = set()
        self.news: set[str] = set()
        """Keys of merges of which something was learned; whoever has seen to one takes it out."""
        self._attempts: dict[str, int] = {}
        self._offsets: dict[str, int] = {}

    def has(self, key: str, evaluation: str) -> bool:
        """A loss, or the finding that it is not finite (same key, same bits: it would be so again)."""
        return (key, evaluation) in self.completed

    def attempts(self, key: str) -> int:
        """How often the whole merge has failed."""
        return self._attempts.get(key, 0)

    def add(self, lines: Iterable[ResultLine]) -> None:
        """Takes in what this process has appended itself."""
        for line in lines:
            self._know(line.key, line.evaluation, line.attempt)

    @property
    def failures(self) -> dict[str, int]:
        return dict(self._attempts)

    def refresh(self) -> None:
        """Reads what was appended since. Raises Problem `store_too_new` or `store_too_old`."""
        for entry in sorted(os.scandir(self.store.results), key=lambda entry: entry.name):
            if not entry.name.endswith(".jsonl") or entry.name.startswith(".") or not entry.is_file():
                continue
            offset = self._offsets.get(entry.name, 0)
            # Asked of the file itself: folders on Windows and on networks give sizes of the past.
            size = Path(entry.path).stat().st_size
            if size < offset:
                offset = 0  # its tail was cut; lines known already stay known
            if size > offset:
                self._offsets[entry.name] = self._read(Path(entry.path), offset)

    def _read(self, file: Path, offset: int) -> int:
        """Takes in whole lines from `offset`; returns where the first incomplete one begins."""
        with file.open("rb") as opened:
            opened.seek(offset)
            rest = b""
            while chunk := opened.read(CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if offset == 0:
                        _check_header(line, file)
                    else:
                        self._take(line)
                    offset += len(line) + 1
        return offset

    def _take(self, line: bytes) -> None:
        document = decode(line)
        if document is None:
            self.damaged += 1
            return
        key = document["key"]
        if self.keys is not None and key not in self.keys:
            return
        self._know(key, document["evaluation"], document["attempt"])

    def _know(self, key: str, evaluation: str | None, attempt: int) -> None:
        self.news.add(key)
        if evaluation is None:
            self._attempts[key] = max(self._attempts.get(key, 0), attempt)
        else:
            self.completed.add((key, evaluation))


def _check_header(line: bytes, file: Path) -> None:
    """A damaged header harms nothing: lines check themselves. An intact one of another format is refused."""
    header = unseal(line)
    if isinstance(header, dict) and isinstance(header.get("format"), int):
        check_format(header, file)


def read_completed(store: Store) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """(merge key, evaluation id) of every result in the store, and the failed attempts by merge key."""
    index = ResultIndex(store)
    index.refresh()
    return index.completed, index.failures
