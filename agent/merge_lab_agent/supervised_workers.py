"""Workers that Slurm or Ray has started: which are gone, and the last word of those that had none.

A worker's id is that of its job or actor, with how often Slurm started it again: these say whether it lives,
wherever its node is. A process id would say nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from merge_lab_agent.jobs import Task
from merge_lab_agent.plan import Merge
from merge_lab_agent.results import ResultLine
from merge_lab_agent.runs import json_lines
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import compact_json, write_atomically

ID = re.compile(r"(?:slurm|ray)-(\d+)-(\d+)")

Status = dict[str, Any]


def worker_id(job: str, restart: str = "0", *, engine: str = "slurm") -> str:
    return f"{engine}-{job}-{restart}"


def workers_of(folder: Path) -> list[Status]:
    """Their statuses; one that is being written comes with the next look."""
    found = [status for file in (folder / "status").glob("*-*-*.json") for status in json_lines(file)]
    return [status for status in found if ID.fullmatch(str(status.get("worker")))]


def gone(statuses: Sequence[Status], tasks: Sequence[Task]) -> list[tuple[Status, Task | None]]:
    """Those whose job does not run them any more, without a last word; with the job where it is known."""
    jobs = {task.id: task for task in tasks}
    newest = dict(sorted(_place(status) for status in statuses))
    found = []
    for status in statuses:
        job, restart = _place(status)
        task = jobs.get(str(job))
        lives = task is not None and task.lives and not task.waits and newest[job] == restart
        if not lives and status["state"] not in ENDED:
            found.append((status, task))
    return found


def newest_of(statuses: Sequence[Status]) -> Status | None:
    return max(statuses, key=_place, default=None)


def say_last_word(folder: Path, status: Status) -> None:
    last = {"state": "stopped", "current": None, "waiting_for": None, "heartbeat": status["heartbeat"] + 1}
    write_atomically(folder / "status" / f"{status['worker']}.json", compact_json(status | last) + b"\n")


def failed_attempt(status: Status, merge: Merge, cause: str, attempt: int) -> ResultLine:
    """The line that a worker writes of a merge that fails, for one that did not live to write it."""
    return ResultLine.failed(
        merge.key,
        device=status["device"],
        batch_tokens=status["batch_tokens"],
        code="worker_died",
        message=f"Its worker ended while it was scored: {cause}.",
        attempt=attempt,
    )


def _place(status: Status) -> tuple[int, int]:
    match = ID.fullmatch(status["worker"])
    assert match is not None
    return int(match[1]), int(match[2])
