"""Launching: a detached run of a plan, or a detached merge; a plan already running is attached to."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from merge_lab_agent.detached import PACKAGE, logout_note, problem_of, start_detached
from merge_lab_agent.identifiers import new_run_id
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import identify
from merge_lab_agent.ray_cluster import ray_address
from merge_lab_agent.request import object_field, text_field
from merge_lab_agent.runs import all_runs, died, engine_of, json_lines, read_run
from merge_lab_agent.slurm import slurm_options
from merge_lab_agent.status import add_event
from merge_lab_agent.store import Store, cannot_write
from merge_lab_agent.supervised_run import resume, start_supervisor

PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.05
NO_ROOM_BYTES = 1 << 16
"""A disk with less has no room for the words of a run."""

_launched: list[subprocess.Popen[bytes]] = []


def launch(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, plan, device, workers}` → `{run, state}` with state `started`, `queued` or `attached`.

    With `slurm: {...}` the workers are jobs of Slurm, with `ray: auto | ADDRESS` actors of Ray. A run with a
    supervisor is attached to, and supervised again where that is gone. With `merge: {...}` or
    `downstream: {...}` (the document of that job, the latter also with `slurm`) the job is that instead; one
    that works at the same document is attached to, since a client that was cut off asks again.
    `note` says what would end the run early. Raises the run's own Problem where it fails at once.
    """
    store = Store.open(text_field(request, "store"))
    job = next((name for name in ("merge", "downstream") if name in request), "run")
    document = dict(request) if job == "run" else dict(object_field(request[job], job))
    document["store"] = str(store.root)
    plan = text_field(document, "plan")
    if not store.plan(plan).exists():
        raise Problem(
            "plan_missing",
            f"The store has no plan {plan[:12]}….",
            "Plan the experiment again; finished merges are kept.",
            file=store.plan(plan),
        )
    for process in list(_launched):
        if process.poll() is not None:
            _launched.remove(process)
    with _one_launch_at_a_time(store):
        asked = _digest(document)
        running = _running(store, plan) if job == "run" else _working_at(store, job, asked)
        if running is not None:
            return {"run": running, "state": "attached"}
        _check_room(store)
        if "slurm" in document:
            slurm_options(document["slurm"])
        if "ray" in document:
            ray_address(document["ray"])
        run = new_run_id(folder.name for folder in store.runs.iterdir())
        folder = store.run(run)
        try:
            folder.mkdir()
        except OSError as error:
            raise cannot_write(folder, error) from error
        document["run"] = run
        if engine_of(document):
            process = start_supervisor(document | {"job": job}, folder)
        else:
            process = start_detached(job, document, folder)
        _launched.append(process)
        identity = identify(process.pid).to_json()
        device = str(document.get("device", "cpu"))
        place = {"source": str(PACKAGE.parent), "python": sys.executable}
        about = {"job": job, "plan": plan, "device": device, "asked": asked}
        add_event(folder, "launched", **about, process=identity, **place)
    answer = {"run": run, "state": _first_state(process, folder)}
    note = None if "slurm" in document else logout_note()  # jobs of Slurm outlive any login
    return answer if note is None else answer | {"note": note}


def _check_room(store: Store) -> None:
    """A run that cannot write a word would be followed for ever."""
    if shutil.disk_usage(store.root).free < NO_ROOM_BYTES:
        raise cannot_write(store.runs, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def _one_launch_at_a_time(store: Store) -> Any:
    from filelock import FileLock

    return FileLock(store.runs / ".launch.lock", is_singleton=False)


def _running(store: Store, plan: str) -> str | None:
    supervised = resume(store, plan)
    if supervised is not None and not supervised.stopping:
        return supervised.run
    for record in reversed(all_runs(store)):
        if record.job == "run" and record.plan == plan and record.active and not record.stopping:
            return record.run
    return None


def _working_at(store: Store, job: str, asked: str) -> str | None:
    """The newest living run of that job that was asked the same, by digest."""
    for record in reversed(all_runs(store)):
        if record.job == job and record.active and not record.stopping:
            events = json_lines(record.folder / "events.jsonl")
            if any(event.get("asked") == asked for event in events):
                return record.run
    return None


def _digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _first_state(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Waits until the run has said how it begins, so that a failure is told here and not found later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        record = read_run(folder)
        state = record.state if record.workers else "starting"
        if state == "failed":
            raise problem_of(record.problem or {})
        if state == "queued":
            return "queued"
        if state != "starting":
            return "started"
        if ended:
            raise died(folder.name, folder)
        time.sleep(LOOK_SECONDS)
    return "started"
