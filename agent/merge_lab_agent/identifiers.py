"""Names of runs and workers: they sort by time and never collide."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

_FORM = "%Y%m%dT%H%M%S"


def new_run_id(others: Iterable[str] = ()) -> str:
    """Sorts behind `others`, also where the clock was set back or stood still since they began."""
    latest = max((begun for name in others if (begun := _moment_of(name)) is not None), default=None)
    moment = _moment()
    if latest is not None and moment <= latest.strftime(_FORM):
        moment = (latest + timedelta(seconds=1)).strftime(_FORM)
    return f"{moment}-{secrets.token_hex(4)}"


def new_worker_id() -> str:
    return f"{_moment()}-{secrets.token_hex(6)}"


def _moment() -> str:
    return time.strftime(_FORM, time.gmtime())


def _moment_of(name: str) -> datetime | None:
    """When a run of this name began; None for any other name."""
    try:
        return datetime.strptime(name.partition("-")[0], _FORM)
    except ValueError:
        return None
