"""Following files of a store: their new bytes as notifications, whatever the file system says of changes."""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field, text_field
from merge_lab_agent.store import Store

LOOK_SECONDS = 0.1
CHUNK = 256 * 1024
APPENDED = (".jsonl", ".log")

Notify = Callable[[str, dict[str, Any]], None]


@dataclass
class _File:
    """`seen` is inode, time and size of a file that is replaced as a whole."""

    offset: int
    seen: tuple[int, int, int] | None = None


@dataclass
class _Stream:
    root: Path
    folders: tuple[str, ...]
    files: dict[str, _File] = field(default_factory=dict)


class Follower:
    """Sends `bytes {stream, path, offset, data}`, data in base64, every 100 ms at most.

    Files that are appended to (`.jsonl`, `.log`) are sent from the offset asked for on; others are sent
    whole, from offset 0, each time they are replaced. A path that ends in `/` stands for every file of that
    folder, those to come included.
    """

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._streams: dict[str, _Stream] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, request: dict[str, Any]) -> dict[str, Any]:
        store = Store.at(text_field(request, "store"))
        stream = _Stream(store.root, ())
        folders = []
        for path, offset in object_field(request.get("files"), "list of files").items():
            if type(offset) is not int or offset < 0:
                raise invalid(f"The offset of '{path[:100]}' is not a whole number.")
            _check_inside(path)
            if path.endswith("/"):
                folders.append(path)
            else:
                stream.files[path] = _File(offset)
        stream.folders = tuple(folders)
        name = new_worker_id()
        with self._lock:
            self._streams[name] = stream
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="follow", daemon=True)
                self._thread.start()
        return {"stream": name}

    def unfollow(self, request: dict[str, Any]) -> dict[str, Any]:
        name = text_field(request, "stream")
        with self._lock:
            if self._streams.pop(name, None) is None:
                raise Problem(
                    "stream_unknown", f"There is no stream {name[:100]}.", "Follow the files again."
                )
        return {}

    def close(self) -> None:
        self._ended.set()

    def _look(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            with self._lock:
                streams = list(self._streams.items())
            more = [self._look_at(name, stream) for name, stream in streams]
            pause = 0.0 if any(more) else LOOK_SECONDS

    def _look_at(self, name: str, stream: _Stream) -> bool:
        """Sends at most a chunk a file, so that a long one does not delay the others; True if more waits."""
        for folder in stream.folders:
            with contextlib.suppress(OSError):
                for entry in sorted((stream.root / folder).iterdir()):
                    if entry.is_file() and not entry.name.startswith("."):
                        stream.files.setdefault(f"{folder}{entry.name}", _File(0))
        more = False
        for path, file in list(stream.files.items()):
            with contextlib.suppress(OSError):
                send = self._send_new if path.endswith(APPENDED) else self._send_whole
                more |= send(name, stream.root / path, path, file)
        return more

    def _send_new(self, stream: str, file: Path, path: str, followed: _File) -> bool:
        size = file.stat().st_size
        if size <= followed.offset:
            return False
        with file.open("rb") as opened:
            opened.seek(followed.offset)
            data = opened.read(CHUNK)
        self._send(stream, path, followed.offset, data)
        followed.offset += len(data)
        return size > followed.offset

    def _send_whole(self, stream: str, file: Path, path: str, followed: _File) -> bool:
        stat = file.stat()
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if seen == followed.seen:
            return False
        content = file.read_bytes()
        followed.seen = seen
        for begin in range(0, max(len(content), 1), CHUNK):
            self._send(stream, path, begin, content[begin : begin + CHUNK])
        return False

    def _send(self, stream: str, path: str, offset: int, data: bytes) -> None:
        with self._lock:
            if stream not in self._streams:
                return
        encoded = base64.b64encode(data).decode("ascii")
        self._notify("bytes", {"stream": stream, "path": path, "offset": offset, "data": encoded})


def _check_inside(path: str) -> None:
    """Only files of the store are followed: plain relative paths with forward slashes."""
    pure = PurePosixPath(path)
    if not path or "\\" in path or "\0" in path or ":" in path or pure.is_absolute() or ".." in pure.parts:
        raise Problem(
            "path_outside_store",
            f"'{path[:200]}' is not a path inside the store.",
            "Follow files by their paths relative to the store.",
        )
