"""What jobs of Slurm are for, as their supervisor sees it: how much is settled, whether anything is left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultWriter
from merge_lab_agent.supervised_workers import Status, failed_attempt, newest_of, workers_of


class Work(Protocol):
    @property
    def is_left(self) -> bool: ...

    def look(self) -> None:
        """Takes in what was written since the last look."""

    def counts(self) -> dict[str, Any]:
        """Fields of a status; `done` and `failed` among them."""

    def charge(self, status: Status, cause: str) -> None:
        """What a worker was at ended it: an attempt at that, by its last status and Slurm's word."""


@dataclass(frozen=True)
class Merges:
    """A plan's merges, each claimed by one worker of several. The store says what is done."""

    progress: Progress
    writer: ResultWriter

    @property
    def is_left(self) -> bool:
        return bool(self.progress.remaining)

    def look(self) -> None:
        self.progress.index.refresh()
        self.progress.recount()

    def counts(self) -> dict[str, Any]:
        return {"done": self.progress.done, "failed": self.progress.failed}

    def charge(self, status: Status, cause: str) -> None:
        merges = self.progress.remaining.values()
        merge = next((merge for merge in merges if merge.to_json() == status["current"]), None)
        if merge is None:
            return
        line = failed_attempt(status, merge, cause, self.progress.index.attempts(merge.key) + 1)
        self.writer.append([line])
        self.progress.index.add([line])
        self.progress.recount()


class Scores:
    """Models on tasks, scored by one worker, which says how far it is: one after it goes on from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: Status = {}

    @property
    def is_left(self) -> bool:
        return self._last.get("state") != "done"

    def look(self) -> None:
        self._last = newest_of(workers_of(self.folder)) or self._last

    def counts(self) -> dict[str, Any]:
        said = {"done": 0, "failed": 0, "total": 0, "seconds_left": None} | self._last
        return {name: said[name] for name in ("done", "failed", "total", "seconds_left")}

    def charge(self, status: Status, cause: str) -> None:
        """Nothing: scores are tried again by the next job, and jobs end that come to nothing."""
