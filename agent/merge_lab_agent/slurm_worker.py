"""A worker of a run that Slurm has started: its device is its own, and its id that of the job."""

from __future__ import annotations

import os
from typing import Any

from merge_lab_agent.run import run
from merge_lab_agent.supervised_run import job_of
from merge_lab_agent.supervised_workers import worker_id


def slurm_worker(request: dict[str, Any]) -> dict[str, Any]:
    """Works as any worker does, at a run or at the scores on tasks; returns what that does."""
    job, restart = os.environ.get("SLURM_JOB_ID", "0"), os.environ.get("SLURM_RESTART_COUNT", "0")
    cores = os.environ.get("SLURM_CPUS_ON_NODE", "")
    threads = {"threads": int(cores)} if cores.isdigit() else {}
    own = request | threads | {"workers": 1, "worker": worker_id(job, restart), "allocated": True}
    if job_of(request) == "downstream":
        from merge_lab_agent.downstream import downstream

        return downstream(own)
    return run(own)
