"""What a run on Slurm or Ray needs, look by look: workers in the queue, last words for those gone, an end."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from merge_lab_agent.detached import problem_of
from merge_lab_agent.jobs import OWN_FAULT, NoAnswer, Task
from merge_lab_agent.problem import Problem
from merge_lab_agent.status import ENDED, StatusWriter, add_event
from merge_lab_agent.supervised_work import Work
from merge_lab_agent.supervised_workers import gone, say_last_word, workers_of

SUPERVISOR = "supervisor"
"""Its worker id: one that takes over goes on with the same status."""
WISH_SECONDS = 0.2
RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 60.0
GRACE_SECONDS = 60.0
"""For workers to leave by themselves, and for their queue to answer, once nothing is left to do."""
MOST_FRUITLESS = 5
"""Submissions in a row without one more merge, or score."""


@dataclass(frozen=True)
class Engine:
    """What starts workers: its name, what may help where they end, and the seconds between two looks at it,
    the fewest and the most: the longer nothing changes, the rarer, where many share its queue."""

    name: str
    advice: str
    look_seconds: tuple[float, float]

    @property
    def key(self) -> str:
        """In requests, codes and names of files."""
        return self.name.lower()


SLURM = Engine(
    "Slurm",
    "Nodes need the Python, the store and the models too, and `time` and `mem` of `slurm:` in hosts.yaml "
    "must be enough for a merge.",
    (1.0, 10.0),
)
RAY = Engine("Ray", "Nodes need the Python, the store and the models at the same paths.", (0.2, 0.5))


class Jobs(Protocol):
    """The queue, as it is used here."""

    def submit(self, count: int) -> str: ...
    def look(self) -> list[Task]: ...
    def cancel(self, tasks: Sequence[Task]) -> None: ...


class Supervisor:
    """`begun`: there were jobs before, so that a queue that does not answer is waited for."""

    def __init__(
        self,
        queue: Jobs,
        work: Work,
        folder: Path,
        status: StatusWriter,
        wanted: int,
        *,
        engine: Engine = SLURM,
        begun: bool = False,
    ) -> None:
        self.engine = engine
        self.queue = queue
        self.work = work
        self.folder = folder
        self.status = status
        self.wanted = wanted
        self._begun = begun
        self._said: str | None = None
        self._silence: NoAnswer | None = None
        self._submissions = 0
        self._submit_at = float("-inf")
        self._fruitless = 0
        self._settled = -1
        self._loss = "no job of it was seen to end"
        self._ending_since: float | None = None

    def supervise(self) -> str:
        """How the run ended: `done` or `stopped`. Raises what ends it early, and then no job stays."""
        try:
            return self._supervise()
        except Exception:
            # Whatever goes wrong now, what ended the run is what is told.
            with contextlib.suppress(Exception):
                self.queue.cancel([task for task in self.queue.look() if task.lives])
            raise

    def _supervise(self) -> str:
        (fewest, most), before = self.engine.look_seconds, ""
        pause = fewest
        while True:
            self.work.look()
            wish, tasks = self._wish(), self.look()
            if self.step(wish, tasks):
                return "stopped" if self.work.is_left else "done"
            picture = f"{wish} {tasks}"
            pause = fewest if picture != before else min(most, 1.5 * pause)
            before = picture
            self._sleep(pause, wish)

    def step(self, wish: str | None, tasks: list[Task] | None) -> bool:
        """Does what queue and store call for, and says so. True at the end."""
        ending = wish is not None or not self.work.is_left
        if ending and self._ending_since is None:
            self._ending_since = time.monotonic()
        if tasks is not None:
            self._last_words(tasks)
            if ending:
                self._cancel(tasks, wish)
            else:
                self._submit(tasks)
        self._tell(wish, tasks)
        if not ending:
            return False
        if tasks is not None:
            return not any(task.lives for task in tasks)
        if self._grace_is_over():
            self._last_words([])
        return self._grace_is_over()

    def look(self) -> list[Task] | None:
        """None while the queue does not answer, which is borne once it has: it may be starting again."""
        try:
            tasks = self.queue.look()
        except Problem as problem:
            if not self._begun:
                raise
            self._said = problem.message
            return None
        self._begun, self._said = True, None
        return tasks

    def _submit(self, tasks: list[Task]) -> None:
        """Jobs for the workers that the queue lacks. A worker that said why it failed would fail again."""
        failed = [status["problem"] for status in workers_of(self.folder) if status["state"] == "failed"]
        living = sum(task.lives for task in tasks)
        missing = self.wanted - len(failed) - living
        if failed and missing <= 0 and living == 0:
            raise problem_of(failed[0])
        if missing <= 0 or time.monotonic() < self._submit_at:
            return
        counts = self.work.counts()
        settled = counts["done"] + counts["failed"]
        self._fruitless = 0 if settled > self._settled else self._fruitless + 1
        if self._fruitless > MOST_FRUITLESS:
            raise self._gave_up()
        self._settled = settled
        self._submit_at = time.monotonic() + min(LONGEST_RETRY_SECONDS, RETRY_SECONDS * self._submissions)
        try:
            job = self.queue.submit(missing)
        except NoAnswer as problem:
            # The next look finds the jobs by their name if they were taken.
            self._silence, self._loss = problem, problem.message
            self._submit_at = time.monotonic() + RETRY_SECONDS
            return
        except Problem as problem:
            if self._submissions == 0 and not tasks:
                raise
            self._loss = problem.message
            return
        self._silence = None
        self._submissions += 1
        add_event(self.folder, "submitted", **{f"{self.engine.key}_job": job, "workers": missing})

    def _cancel(self, tasks: list[Task], wish: str | None) -> None:
        """Those that wait; with stop-now, or long after the last merge, all."""
        everything = wish == "stop-now" or (not self.work.is_left and self._grace_is_over())
        try:
            self.queue.cancel([task for task in tasks if task.waits or (everything and task.lives)])
        except Problem as problem:
            self._said = problem.message

    def _last_words(self, tasks: list[Task]) -> None:
        """For workers that could not say theirs. A merge that ended its worker has had one attempt."""
        for status, task in gone(workers_of(self.folder), tasks):
            cause = "gone" if task is None else f"{task.state} ({task.reason})"
            self._loss = f"the last was {cause}"
            add_event(self.folder, "lost", worker=status["worker"], cause=cause)
            say_last_word(self.folder, status)
            if task is not None and task.state in OWN_FAULT:
                self.work.charge(status, cause)

    def _tell(self, wish: str | None, tasks: list[Task] | None) -> None:
        self.status.update(
            state="queued" if wish is None else "stopping",
            waiting_for=self._waiting_for(tasks),
            **self.work.counts(),
        )

    def _waiting_for(self, tasks: list[Task] | None) -> str | None:
        if tasks is None or self._said:
            return f"{self.engine.name}, which says: {self._said}"
        if not self.work.is_left:
            return "the jobs to end"
        reasons = Counter(task.reason for task in tasks if task.waits)
        if reasons:
            count = reasons.total()
            why = ", ".join(reason for reason, _ in reasons.most_common(2))
            return f"{self.engine.name} to start {count} worker{'' if count == 1 else 's'} ({why})"
        if any(status["state"] not in ENDED for status in workers_of(self.folder)):
            return None
        name = self.engine.name
        return f"the workers that {name} has started" if any(task.lives for task in tasks) else name

    def _gave_up(self) -> Problem:
        if self._silence is not None:
            return self._silence
        return Problem(
            f"{self.engine.key}_jobs_end",
            f"{self.engine.name} ended the workers of this run {MOST_FRUITLESS + 1} times before one more "
            f"score was there; {self._loss}.",
            f"See agent.log of the run on the host. {self.engine.advice} Then run again.",
            file=self.folder / "agent.log",
        )

    def _grace_is_over(self) -> bool:
        return self._ending_since is not None and time.monotonic() - self._ending_since > GRACE_SECONDS

    def _wish(self) -> str | None:
        return next(
            (name for name in ("stop-now", "stop") if (self.folder / "control" / name).exists()), None
        )

    def _sleep(self, seconds: float, wish: str | None) -> None:
        """A wish to stop is not kept waiting."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._wish() == wish:
            time.sleep(WISH_SECONDS)
