"""A worker: claims blocks of a plan and scores the merges that the store still lacks, one by one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from merge_lab_agent.claims import Claims, blocks
from merge_lab_agent.faults import fault
from merge_lab_agent.plan import Merge
from merge_lab_agent.problem import Problem
from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultLine, ResultWriter

WAIT_SECONDS = 0.2
LOOK_SECONDS = 1.0
"""Between two looks at what the others have done, while this worker is at a block."""


class Room(Protocol):
    """Where one size's models are resident."""

    def score(self, merge: Merge, evaluations: Sequence[str], attempt: int) -> list[ResultLine]:
        """One line an evaluation. What it raises is this merge's failure."""

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        """The line that says so; raises where the error concerns more than this merge."""


class Rooms(Protocol):
    def enter(self, merge: Merge) -> Room:
        """The room for a merge, built when first needed."""

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        """The line that says why there is no room for it; raises where that ends the run."""

    def check_unchanged(self, merge: Merge) -> None:
        """Raises Problem `model_changed` if the files of its models are no longer those of the plan."""


class Worker:
    """`report` is told what is being merged, and after each merge that something changed."""

    def __init__(
        self,
        progress: Progress,
        claims: Claims,
        writer: ResultWriter,
        rooms: Rooms,
        *,
        stopping: Callable[[], bool] = lambda: False,
        report: Callable[[Merge | None], None] = lambda merge: None,
    ) -> None:
        self.progress = progress
        self.index = progress.index
        self.claims = claims
        self.writer = writer
        self.rooms = rooms
        self.stopping = stopping
        self.report = report
        self.computed = 0
        self._blocks = blocks(len(progress.plan.merges))
        self._block_of = [number for number, block in enumerate(self._blocks) for _ in block]
        self._looked = float("-inf")

    def work(self) -> None:
        """Returns when the plan is complete (whoever completed it), or when asked to stop."""
        while not self.stopping():
            self._look()
            if not self.progress.remaining:
                return
            if not self._pass_over_blocks() and not self.stopping():
                # The rest is in the hands of other workers: wait for them, or for their leases to lapse.
                self.report(None)
                time.sleep(WAIT_SECONDS)

    def _look(self) -> None:
        self.index.refresh()
        self.progress.recount()
        self._looked = time.monotonic()

    def _pass_over_blocks(self) -> bool:
        """Works every block that can be claimed, in the plan's order; False if there was none."""
        worked = False
        for block in sorted({self._block_of[position] for position in self.progress.remaining}):
            if self.stopping():
                break
            if self._remains(block) and self.claims.claim(block):
                try:
                    # Between the last look and the claim its former owner may have finished it.
                    self._look()
                    self._work_block(block)
                    fault("before_release")
                finally:
                    self.claims.release(block)
                worked = True
        return worked

    def _remains(self, block: int) -> bool:
        return any(position in self.progress.remaining for position in self._blocks[block])

    def _work_block(self, block: int) -> None:
        for position in self._blocks[block]:
            self.progress.settle(position)  # a line like an earlier one may be complete by now
            merge = self.progress.remaining.get(position)
            while merge is not None and not self.stopping():
                if not self.claims.holds(block):
                    return  # it lapsed while this process slept, and another has it
                self._work_merge(merge, block)
                self.progress.settle(position)
                if time.monotonic() - self._looked >= LOOK_SECONDS:
                    self._look()
                self.report(None)
                merge = self.progress.remaining.get(position)

    def _work_merge(self, merge: Merge, block: int) -> None:
        """One attempt: all lines of the merge in one append, or one line that says why there are none."""
        self.report(merge)
        attempt = self.index.attempts(merge.key) + 1
        started = time.perf_counter()
        at: Rooms | Room = self.rooms
        try:
            at = room = self.rooms.enter(merge)
            if not self.progress.plan.ensemble:
                started = time.perf_counter()  # a room serves many merges; in an ensemble, but one
            lines = room.score(merge, self.progress.missing(merge), attempt)
            fault("mid_merge")
        except Exception as error:
            lines = [at.failure(merge, error, attempt)]
        self.rooms.check_unchanged(merge)
        if not self.claims.holds(block):
            self.index.refresh()
            if not self.progress.missing(merge):
                return  # whoever took the block over was faster
        self.writer.append(lines)
        self.index.add(lines)
        self.computed += 1
        self.progress.measured(merge, time.perf_counter() - started)


def failure_code(error: Exception) -> tuple[str, str]:
    """Stable code and sentence for what went wrong in a merge."""
    if isinstance(error, Problem):
        return error.code, error.message
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "out_of_memory", f"Memory ran out: {error}"[:500]
    return "merge_failed", f"{type(error).__name__}: {error}"[:500]
