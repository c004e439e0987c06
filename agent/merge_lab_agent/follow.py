"""Following files of a store: their new bytes as notifications, whatever the file system says of changes."""

from __future__ import annotations

import base64
import contextlib
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.plan_files import PlanFiles
from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field, text_field
from merge_lab_agent.store import Store, check_inside

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
    plan: PlanFiles | None = None
    files: dict[str, _File] = field(default_factory=dict)
    synced: bool = False


@dataclass(frozen=True)
class _Replaced:
    """A file that is replaced as a whole, as it was at the beginning of a look."""

    path: str
    followed: _File
    seen: tuple[int, int, int]
    content: bytes


class Follower:
    """Sends `bytes {stream, path, offset, data}`, data in base64, every 100 ms at most.

    Files that are appended to (`.jsonl`, `.log`) are sent from the offset asked for on; others are sent
    whole, from offset 0, each time they are replaced, and after all that was appended before: whoever reads
    that a worker is done has its results. A path that ends in `/` stands for every file of that folder,
    those to come included. With a `plan`, its results and runs are followed too, those to come included;
    `synced {stream}` says once that everything there has been sent, `lives {stream, run, alive, gone}`
    whether the process of a run lives, and which of its workers are known to be gone.
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
        if "plan" in request:
            stream.plan = PlanFiles(store, text_field(request, "plan"))
            store.plan(stream.plan.plan)
        folders = []
        for path, offset in object_field(request.get("files"), "list of files").items():
            if type(offset) is not int or offset < 0:
                raise invalid(f"The offset of '{path[:100]}' is not a whole number.")
            check_inside(path)
            if path.endswith("/"):
                folders.append(path)
            else:
                stream.files[path] = _File(_begin(store.root / path, offset))
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
            more = [self._look_again(name, stream) for name, stream in streams]
            pause = 0.0 if any(more) else LOOK_SECONDS

    def _look_again(self, name: str, stream: _Stream) -> bool:
        """One look that fails must not end the following of all: the next one tries again."""
        try:
            return self._look_at(name, stream)
        except Exception:
            traceback.print_exc()
            return False

    def _look_at(self, name: str, stream: _Stream) -> bool:
        """Sends at most a chunk a file, so that a long one does not delay the others; True if more waits."""
        self._find(stream, thorough=False)
        # In this order: a run that has gone has written its last word, and a word speaks of results on disk.
        lives = [] if stream.plan is None else stream.plan.lives()
        replaced = [found for path, file in stream.files.items() if (found := _replaced(stream, path, file))]
        self._find(stream, thorough=bool(lives or replaced))
        more = False
        for path, file in list(stream.files.items()):
            if path.endswith(APPENDED):
                with contextlib.suppress(OSError):
                    more |= self._send_new(name, stream.root / path, path, file)
        if more:
            if stream.plan is not None:
                stream.plan.tell_again(lives)
            return True
        for found in replaced:
            self._send_whole(name, found)
        for life in lives:
            self._tell(name, "lives", life)
        if stream.plan is not None and not stream.synced:
            stream.synced = True
            self._tell(name, "synced", {})
        return False

    def _find(self, stream: _Stream, *, thorough: bool) -> None:
        """Files that are new, at their beginning."""
        own = [] if stream.plan is None else stream.plan.paths(thorough=thorough)
        for path in own:
            if not path.endswith("/"):
                stream.files.setdefault(path, _File(0))
        for folder in (*stream.folders, *(path for path in own if path.endswith("/"))):
            with contextlib.suppress(OSError):
                for entry in sorted((stream.root / folder).iterdir()):
                    if entry.is_file() and not entry.name.startswith("."):
                        stream.files.setdefault(f"{folder}{entry.name}", _File(0))

    def _send_new(self, stream: str, file: Path, path: str, followed: _File) -> bool:
        size = file.stat().st_size
        if size < followed.offset:
            # A disk that lost its end: what the client has is not what is here.
            followed.offset = 0
        if size == followed.offset:
            return False
        with file.open("rb") as opened:
            opened.seek(followed.offset)
            data = opened.read(CHUNK)
        self._send(stream, path, followed.offset, data)
        followed.offset += len(data)
        return size > followed.offset

    def _send_whole(self, stream: str, found: _Replaced) -> None:
        found.followed.seen = found.seen
        for begin in range(0, max(len(found.content), 1), CHUNK):
            self._send(stream, found.path, begin, found.content[begin : begin + CHUNK])

    def _send(self, stream: str, path: str, offset: int, data: bytes) -> None:
        encoded = base64.b64encode(data).decode("ascii")
        self._tell(stream, "bytes", {"path": path, "offset": offset, "data": encoded})

    def _tell(self, stream: str, method: str, params: dict[str, Any]) -> None:
        with self._lock:
            if stream not in self._streams:
                return
        self._notify(method, {"stream": stream} | params)


def _begin(file: Path, offset: int) -> int:
    """Where the disk lost the end of a file, what the client has is not what is here: it is sent anew."""
    try:
        return offset if file.stat().st_size >= offset else 0
    except OSError:
        return offset


def _replaced(stream: _Stream, path: str, followed: _File) -> _Replaced | None:
    """None where it is appended to, has not changed, or is not there."""
    if path.endswith(APPENDED):
        return None
    with contextlib.suppress(OSError):
        file = stream.root / path
        stat = file.stat()
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if seen != followed.seen:
            return _Replaced(path, followed, seen, file.read_bytes())
    return None
