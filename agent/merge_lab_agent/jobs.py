"""Jobs of a run in the queue of what starts its workers, Slurm or Ray, in the words of squeue(1)."""

from __future__ import annotations

from dataclasses import dataclass

from merge_lab_agent.problem import Problem

WAITING = ("PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD")
GOING = ("RUNNING", "CONFIGURING", "COMPLETING", "STAGE_OUT", "SIGNALING", "SUSPENDED", "STOPPED", "RESIZING")
OWN_FAULT = ("FAILED", "OUT_OF_MEMORY")
"""What the process did, or was ended for; everything else was done to it."""


class NoAnswer(Problem):
    """The queue did not answer in time; what it was asked may be done all the same."""


@dataclass(frozen=True)
class Task:
    """One job: `id` is its number, which a requeued one keeps; `name` is what cancels it and no other."""

    id: str
    name: str
    state: str
    reason: str

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def lives(self) -> bool:
        return self.waits or self.state in GOING
