"""Names of runs and workers: they sort by time and never collide."""

from __future__ import annotations

import secrets
import time


def new_run_id() -> str:
    return f"{_moment()}-{secrets.token_hex(4)}"


def new_worker_id() -> str:
    return f"{_moment()}-{secrets.token_hex(6)}"


def _moment() -> str:
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime())
