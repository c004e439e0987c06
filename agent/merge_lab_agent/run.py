"""A worker of a run goes through a plan on one device; what it does and says is in durable files."""

from __future__ import annotations

import shutil
import subprocess
import traceback
from typing import Any

from merge_lab_agent.claims import Claims
from merge_lab_agent.control import Control, StopNow
from merge_lab_agent.cores import usable_cores
from merge_lab_agent.crew import (
    asked_workers,
    averages_missing,
    memory_of_worker,
    other_gpus,
    start_others,
    workers_on_processor,
)
from merge_lab_agent.devices import Device, device_lock, resolve_device
from merge_lab_agent.faults import fault
from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import this_process
from merge_lab_agent.progress import Progress
from merge_lab_agent.request import flag, optional_count, text_field, text_list
from merge_lab_agent.results import ResultIndex, ResultWriter
from merge_lab_agent.rooms import ResidentRooms
from merge_lab_agent.status import StatusWriter, WorkerStatus, add_event
from merge_lab_agent.store import Store, forget_denied_answers
from merge_lab_agent.worker import Worker


def run(request: dict[str, Any], *, rooms_type: type[ResidentRooms] = ResidentRooms) -> dict[str, Any]:
    """Works through `{store, plan, run, device, workers}`, where `workers` is `auto` or a number (default 1);
    returns this worker's last status (`done`, `stopped`, `failed`). A batch system names its `worker`, and
    has `allocated` the device, so that nobody else sits at it.

    Whatever goes wrong ends in that status as a Problem; only a store that cannot be opened raises one.
    """
    store = Store.open(text_field(request, "store"))
    plan_id, run_id = text_field(request, "plan"), text_field(request, "run")
    folder = store.run(run_id)
    control = Control(folder)
    control.install()
    first = WorkerStatus(
        run=run_id,
        worker=text_field({"worker": new_worker_id()} | request, "worker"),
        plan=plan_id,
        device=text_field(request, "device"),
    )
    # Before the first status, so that whoever reads that can also tell whether its process lives.
    add_event(folder, "started", plan=plan_id, worker=first.worker, process=this_process().to_json())
    with StatusWriter(store, first, control.watch) as status:
        control.last_words = lambda: status.end("stopped")
        try:
            fault("after_start")
            _Run(store, request, status, control, rooms_type).go()
            state, problem = ("stopped" if control.stopping else "done"), None
        except (Exception, StopNow) as error:
            state, problem = "stopped", None
            if not control.interrupted:
                traceback.print_exc()
                state, problem = "failed", as_problem(error)
                forget_denied_answers(store, problem)
        control.last_words = lambda: None
        counts = status.status
        if state == "stopped" and counts.total and counts.done + counts.failed == counts.total:
            state = "done"  # the wish to stop came after the last merge
        status.update(
            state=state,
            current=None,
            waiting_for=None,
            seconds_left=0.0 if state == "done" else status.status.seconds_left,
            problem=None if problem is None else problem.to_json(),
        )
        add_event(folder, state, **({} if problem is None else {"problem": problem.to_json()}))
    return status.status.to_json()


def as_problem(error: BaseException) -> Problem:
    """What an unforeseen error looks like to people."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, MemoryError):
        return Problem("out_of_memory", "Memory ran out.", "Close other programs, or use a smaller model.")
    if isinstance(error, ImportError):
        return Problem(
            "package_missing",
            f"A Python package is missing or broken: {error}.",
            "Set up the agent's Python environment again.",
        )
    return Problem(
        "agent_failed",
        f"The agent failed: {type(error).__name__}: {error}"[:1000],
        "Look at agent.log of the run; run again. Finished merges are kept.",
    )


class _Run:
    """The steps of a run, each of which shows in the status."""

    def __init__(
        self,
        store: Store,
        request: dict[str, Any],
        status: StatusWriter,
        control: Control,
        rooms_type: type[ResidentRooms],
    ) -> None:
        self.store = store
        self.request = request
        self.workers = asked_workers(request)
        self.threads = optional_count(request, "threads")
        self.others: list[subprocess.Popen[bytes]] = []
        self.status = status
        self.control = control
        self.rooms_type = rooms_type
        self.allowed = text_list(request, "allow_remote_code")
        self.folder = store.run(status.status.run)
        self.plan = Plan.read(store, text_field(request, "plan"))
        self.index = ResultIndex(store, frozenset(merge.key for merge in self.plan.merges))
        self.index.refresh()
        self.progress = Progress(self.plan, self.index)
        first = next(iter(self.plan.sizes.values())).scoring
        self.status.update(dtype=first.dtype, batch_tokens=first.batch_tokens)
        self._begin()

    def go(self) -> None:
        if not self.progress.remaining:
            return  # nothing is missing: no queue, no models, no torch
        asked = self.status.status.device
        device = resolve_device(asked)
        if device.name != "cpu":
            self._start_on_other_gpus(asked, device)
        if flag(self.request, "allocated"):
            self._work(device)
            return
        holder = f"run {self.status.status.run} of {self.store.root}"
        with device_lock(
            device, holder, waiting=self._wait, stopping=lambda: self.control.stopping
        ) as acquired:
            if acquired:
                self._work(device)

    def _start_on_other_gpus(self, asked: str, device: Device) -> None:
        """Before this worker waits for its own: another GPU may be free."""
        if self.workers != 1:
            missing = list(self.progress.remaining.values())
            needed, averages = memory_of_worker(self.plan, missing), averages_missing(missing)
            gpus = other_gpus(self.workers, asked, device, needed, averages=averages)
            self.others = start_others(self.request, gpus, None)

    def _start_on_other_cores(self, device: Device, missing: list[Merge]) -> None:
        """When the processor is this run's: until then its memory is another's."""
        count = workers_on_processor(self.workers, self.plan, missing)
        if count > 1:
            self.threads = max(1, usable_cores() // count)
            self.others = start_others(self.request, [device] * (count - 1), self.threads)

    def _wait(self, holder: str) -> None:
        add_event(self.folder, "queued", behind=holder)
        self.status.update(state="queued", waiting_for=f"{holder} uses this device")

    def _work(self, device: Device) -> None:
        self.index.refresh()
        self.progress.recount()
        self._begin()
        missing = list(self.progress.remaining.values())
        if not missing:
            return
        self._check_disk(missing)
        self.status.update(state="loading", device=device.name, waiting_for=None)
        if device.name == "cpu":
            self._start_on_other_cores(device, missing)
        if self.threads is not None:
            import torch

            torch.set_num_threads(self.threads)
        rooms = self.rooms_type(self.store, self.plan, device, self.allowed)
        rooms.check(missing)
        if not self.plan.ensemble:
            rooms.enter(missing[0])
        add_event(self.folder, "running", device=device.description, missing=len(missing))
        self.status.update(state="running")
        writer = ResultWriter(self.store, self.plan.id)
        try:
            with Claims(self.store, self.plan.id, self.status.status.worker) as claims:
                worker = Worker(
                    self.progress,
                    claims,
                    writer,
                    rooms,
                    stopping=lambda: self.control.stopping,
                    report=lambda merge: self._report(merge, rooms),
                )
                worker.work()
                self._report(None, rooms)
        finally:
            writer.close()
        fault("before_end")
        if worker.computed:
            rooms.check(missing)

    def _report(self, merge: Merge | None, rooms: ResidentRooms) -> None:
        state = "stopping" if self.control.stopping else "running"
        if merge is not None:
            self.status.update(state=state, current=merge.to_json(), dtype=self.plan.scoring(merge).dtype)
            return
        self.status.update(
            state=state,
            batch_tokens=rooms.batch_tokens,
            seconds_per_merge=self.progress.seconds_per_merge,
            seconds_left=self.progress.seconds_left,
            **self._counts(),
        )

    def _begin(self) -> None:
        """What is settled now is not this run's work; another may have done some while it was queued."""
        self.status.update(at_start=self.progress.done + self.progress.failed, **self._counts())

    def _counts(self) -> dict[str, int]:
        return {
            "done": self.progress.done,
            "failed": self.progress.failed,
            "total": len(self.plan.merges),
        }

    def _check_disk(self, missing: list[Merge]) -> None:
        """Refuses what cannot fit: a line has its values of 16/3 bytes each, and some words."""
        lines = [name for merge in missing for name in self.plan.scoring(merge).evaluations]
        values = {name: self._values(name) for name in set(lines)}
        needed = sum(400 + values[name] * 16 // 3 for name in lines)
        free = shutil.disk_usage(self.store.root).free
        if free < needed:
            raise Problem(
                "disk_too_small",
                f"The results of {len(missing)} models need {needed >> 20} MiB; {free >> 20} MiB are free.",
                f"Free some space on the disk of {self.store.root}.",
                file=self.store.root,
            )

    def _values(self, evaluation: str) -> int:
        """How many its `per_sample` holds."""
        file = self.store.evaluation(evaluation)
        content = file.read_bytes() if file.exists() else b""
        samples = content.count(b'"scored":[')
        return samples if b'"max_bytes":' in content else min(samples, 1000)
