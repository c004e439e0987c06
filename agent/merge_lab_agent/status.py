"""What a worker says of itself, a file replaced atomically, and the events of its run."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from merge_lab_agent import STORE_FORMAT
from merge_lab_agent.faults import fault
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import anonymous_memory, this_process
from merge_lab_agent.store import Store, compact_json, write_atomically

HEARTBEAT_SECONDS = 1.0
THROTTLE_SECONDS = 0.2
ENDED = ("stopped", "done", "failed")


@dataclass(frozen=True)
class WorkerStatus:
    """Fields as in the store's format; seconds of wall clock, bytes of anonymous memory."""

    run: str
    worker: str
    plan: str
    device: str
    state: str = "starting"
    heartbeat: int = 0
    pid: int = field(default_factory=lambda: this_process().pid)
    host: str = field(default_factory=lambda: this_process().host)
    dtype: str = "float32"
    batch_tokens: int = 0
    done: int = 0
    failed: int = 0
    total: int = 0
    at_start: int = 0
    current: dict[str, Any] | None = None
    seconds_per_merge: float | None = None
    seconds_left: float | None = None
    memory_bytes: int | None = None
    waiting_for: str | None = None
    problem: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        return {"format": STORE_FORMAT} | self.__dict__


class StatusWriter:
    """Keeps the status file true while the worker lives. Use as a context.

    A change of state is written at once; other changes are gathered and written at most every
    `THROTTLE_SECONDS`. A thread raises the heartbeat and looks at `watch` (is there a wish to stop?) in
    between.
    """

    def __init__(self, store: Store, status: WorkerStatus, watch: Callable[[], None] = lambda: None) -> None:
        self.file = store.run(status.run) / "status" / f"{status.worker}.json"
        self.status = status
        self._watch = watch
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._changed = False
        self._ended = threading.Event()
        self._beat = threading.Thread(target=self._keep, name="heartbeat", daemon=True)

    def __enter__(self) -> StatusWriter:
        self._write(durable=False)
        self._beat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._beat.join()
        self._write(durable=True)

    def update(self, **fields: Any) -> None:
        with self._lock:
            before = self.status.state
            self.status = replace(self.status, **fields)
            self._changed = True
            at_once = self.status.state != before
        if at_once:
            self._write(durable=False)

    def end(self, state: str) -> None:
        """The last word of a process that will not come to leave the context."""
        self.status = replace(self.status, state=state, current=None)
        self._write(durable=True)

    def _keep(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(THROTTLE_SECONDS):
            self._watch()
            now = time.monotonic()
            if self._changed or now - last >= HEARTBEAT_SECONDS:
                last = now
                self._write(durable=False)

    def _write(self, *, durable: bool) -> None:
        # Both threads write: an older status must never replace a newer one.
        with self._writing:
            with self._lock:
                self._changed = False
                self.status = replace(
                    self.status, heartbeat=self.status.heartbeat + 1, memory_bytes=anonymous_memory()
                )
                content = compact_json(self.status.to_json()) + b"\n"
            fault("mid_status")
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self.file, content, durable=durable)
            except (Problem, OSError):
                # A status that cannot be written must not end the work it speaks of.
                if self.status.state in ENDED:
                    self._write_over(content)

    def _write_over(self, content: bytes) -> None:
        """The last word on a disk without room for a new file: the old one has its own."""
        with contextlib.suppress(OSError), self.file.open("r+b") as opened:
            opened.write(content)
            opened.truncate()


def add_event(run_folder: Path, event: str, **fields: Any) -> None:
    """Appends one line to the run's `events.jsonl`; of use to people, needed by nobody, so it never fails."""
    document = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "event": event} | fields
    with contextlib.suppress(OSError, ValueError):
        run_folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(run_folder / "events.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, compact_json(document) + b"\n")
        finally:
            os.close(handle)
