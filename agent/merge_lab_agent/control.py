"""Wishes to stop a run: the empty files `control/stop` and `control/stop-now`, and the system's signals."""

from __future__ import annotations

import _thread
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PATIENCE_SECONDS = 10.0


class StopNow(BaseException):
    """Raised in the main thread between two steps of whatever it does; nothing may swallow it.

    Some do make an error of their own of it: a compiled module that is interrupted while it loads ends in
    an ImportError. `Control.interrupted` tells such an error from a real one.
    """


class Control:
    """`stopping` asks to end after the current merge; stop-now raises `StopNow` in the main thread.

    `watch` is called from another thread; `last_words` is called before a process that cannot be interrupted
    (one long operation of a device) is ended by force.
    """

    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder / "control"
        self.stopping = False
        self.interrupted = False
        self.last_words: Callable[[], None] = lambda: None
        self._asked_at: float | None = None

    def install(self) -> None:
        """Makes SIGTERM, SIGINT and SIGHUP end the run as stop-now does. Main thread only."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._raise)

    def ask(self, *, now: bool) -> None:
        """Leaves the wish for the run to find."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ("stop-now" if now else "stop")).touch()

    def watch(self) -> None:
        if not self.stopping and (self.folder / "stop").exists():
            self.stopping = True
        if self._asked_at is None:
            if (self.folder / "stop-now").exists():
                self.stopping = True
                self._asked_at = time.monotonic()
                _thread.interrupt_main(signal.SIGTERM)
        elif time.monotonic() - self._asked_at > PATIENCE_SECONDS:
            self.last_words()
            os._exit(0)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        # One is enough: a second would interrupt the tidying up.
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        self.stopping = self.interrupted = True
        raise StopNow
