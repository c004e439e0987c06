"""The cores of this machine that a run may use, and how many of them one worker can put to use."""

from __future__ import annotations

import os

SMALL_PARAMETERS = 1_000_000
"""Up to so many parameters operations run on one thread. Cut in two they gain a fifth on two idle cores, but
take ten times as long where another process wants one. Losses then do not depend on the number of cores."""
GROUP_CORES = 8
"""Beyond so many threads an operation of a larger model gains little by one more."""


def usable_cores() -> int:
    """Those that the system lets this process use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def cores_of_worker(parameters: int) -> int:
    """Cores that a worker on a model of so many parameters keeps busy."""
    return 1 if parameters <= SMALL_PARAMETERS else GROUP_CORES
