"""Named points at which the agent kills itself, so that tests prove what a sudden end leaves behind.

`MERGE_LAB_FAULT=mid_append:3` kills the process, as `kill -9` does, when it passes `mid_append` for the third
time.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "after_start",
    "after_claim",
    "mid_merge",
    "before_append",
    "mid_append",
    "after_append",
    "before_release",
    "mid_status",
    "before_end",
)

_passed: dict[str, int] = {}


def armed(point: str) -> bool:
    """Whether this passage of `point` is the one to die at; counts the passage."""
    wanted = os.environ.get("MERGE_LAB_FAULT")
    if not wanted:
        return False
    name, _, count = wanted.partition(":")
    if name != point:
        return False
    _passed[point] = _passed.get(point, 0) + 1
    return _passed[point] == int(count or 1)


def fault(point: str) -> None:
    """Dies here if the environment asks for it."""
    if armed(point):
        die()


def die() -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
