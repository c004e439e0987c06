"""The job `downstream`: models of a plan, merged in memory, on tasks of the evaluation harness.

Every score is appended as soon as it is there: a job that is stopped or killed goes on where it was.
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent.control import Control, StopNow
from merge_lab_agent.devices import Device, device_lock, resolve_device
from merge_lab_agent.downstream_results import Metric, TaskScore, read_scored
from merge_lab_agent.downstream_task import TaskRequest, read_request
from merge_lab_agent.downstream_wanted import Wanted
from merge_lab_agent.harness_version import harness_version
from merge_lab_agent.identifiers import new_run_id, new_worker_id
from merge_lab_agent.plan import Merge, Plan, PlanSize
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import this_process
from merge_lab_agent.request import flag, invalid, optional_count, text_field, text_list
from merge_lab_agent.results import ResultWriter
from merge_lab_agent.rooms import ResidentRooms
from merge_lab_agent.run import as_problem
from merge_lab_agent.status import StatusWriter, WorkerStatus, add_event
from merge_lab_agent.store import Store, forget_denied_answers
from merge_lab_agent.worker import failure_code

if TYPE_CHECKING:
    import torch

    from merge_lab_agent.harness import Harness, HarnessModel

Tell = Callable[[dict[str, Any]], None]


def downstream(request: dict[str, Any], tell: Tell = lambda message: None) -> dict[str, Any]:
    """Scores `{store, plan, device, models, tasks}`: lines as of the plan, on tasks as in `TaskRequest`.

    tell: called with `{progress: {done, total, seconds_left, waiting_for}}`; counted are models on tasks.

    A batch system names its `worker`, gives it `threads`, and has `allocated` the device.

    Returns `{run, state, done, failed, total, harness}`; `stopped` where a wish to stop came first. Raises
    Problem where there is no harness or a model has changed; where a task cannot be used, after the others.
    """
    store = Store.open(text_field(request, "store"))
    plan = Plan.read(store, text_field(request, "plan"))
    models = [plan.line(line) for line in _list(request, "models")]
    tasks = [read_request(task, store) for task in _list(request, "tasks")]
    run = str(request.get("run") or new_run_id())
    folder = store.run(run)
    control = Control(folder)
    control.install()
    device = resolve_device(str(request.get("device") or "auto"))
    worker = text_field({"worker": new_worker_id()} | request, "worker")
    first = WorkerStatus(run=run, worker=worker, plan=plan.id, device=device.name)
    identity = this_process().to_json()
    add_event(folder, "started", job="downstream", plan=plan.id, worker=first.worker, process=identity)
    with StatusWriter(store, first, control.watch) as status:
        control.last_words = lambda: status.end("stopped")
        work = _Downstream(store, plan, device, status, control, tell)
        try:
            work.go(models, tasks, request)
            state = "stopped" if work.left else "done"
        except (Exception, StopNow) as error:
            if not control.interrupted:
                traceback.print_exc()
                problem = as_problem(error)
                forget_denied_answers(store, problem)
                status.update(state="failed", problem=problem.to_json())
                add_event(folder, "failed", problem=problem.to_json())
                raise problem from error
            state = "stopped"
        control.last_words = lambda: None
        status.update(state=state, current=None, seconds_left=None)
        add_event(folder, state)
    counts = {"done": work.done, "failed": work.failed, "total": work.total}
    return {"run": run, "state": state, "harness": work.version, **counts}


def _list(request: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = request.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise invalid(f"The request's '{name}' is not a list of objects.")
    return value


def _load_each(harness: Harness, tasks: list[TaskRequest]) -> tuple[dict[str, Any], list[Problem]]:
    """Tasks by key, and why others cannot be used: one mistake does not keep the rest from being scored."""
    loaded, unusable = {}, []
    for task in tasks:
        try:
            loaded[task.key] = harness.load(task)
        except Problem as problem:
            unusable.append(problem)
    return loaded, unusable


class _Downstream:
    """The steps of a job; counts are of models on tasks."""

    def __init__(
        self, store: Store, plan: Plan, device: Device, status: StatusWriter, control: Control, tell: Tell
    ) -> None:
        self.store, self.plan, self.device = store, plan, device
        self.status, self.control, self.tell = status, control, tell
        self.done = self.failed = self.total = 0
        self.version = ""
        self._at_start, self._began = 0, time.monotonic()
        self._last: HarnessModel | None = None

    @property
    def left(self) -> int:
        return self.total - self.done - self.failed

    def go(self, models: list[Merge], tasks: list[TaskRequest], request: dict[str, Any]) -> None:
        self.version = harness_version()
        self.total = len(models) * len(tasks)
        allowed = text_list(request, "allow_remote_code")
        threads = optional_count(request, "threads")
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        if flag(request, "allocated"):
            self._score_all(models, tasks, allowed)
            return
        holder = f"run {self.status.status.run} of {self.store.root}"
        with device_lock(
            self.device, holder, waiting=self._wait, stopping=lambda: self.control.stopping
        ) as acquired:
            if acquired:
                self._score_all(models, tasks, allowed)

    def _wait(self, holder: str) -> None:
        self.status.update(state="queued", waiting_for=holder)
        self._tell(holder)

    def _score_all(self, models: list[Merge], tasks: list[TaskRequest], allowed: tuple[str, ...]) -> None:
        scored = read_scored(self.store, self.version)
        missing = Wanted(models, tasks, scored).missing()
        self.done = self._at_start = self.total - len(missing)
        self._tell()
        if not missing:
            return
        self.status.update(state="loading", waiting_for=None)
        from merge_lab_agent.harness import Harness

        harness = Harness()
        keys = {task.key for _, task in missing}
        loaded, unusable = _load_each(harness, [task for task in tasks if task.key in keys])
        if unusable and not loaded:
            raise unusable[0]
        rooms = ResidentRooms(self.store, self.plan, self.device, allowed)
        rooms.check([merge for merge, _ in missing])
        self.status.update(state="running")
        self._began = time.monotonic()
        wanted = Wanted(models, [task for task in tasks if task.key in loaded], scored)
        writer = ResultWriter(self.store, self.plan.id, self.store.downstream)
        try:
            while left := wanted.missing():
                self._count_again(len(left) + sum(task.key not in loaded for _, task in missing))
                for merge, task in left:
                    if self.control.stopping:
                        return
                    asked = self._score(harness, loaded[task.key], task, rooms, merge, writer)
                    wanted.tried(merge, task, asked)
        finally:
            writer.close()
        if unusable:
            raise unusable[0]

    def _count_again(self, missing: int) -> None:
        """Scores of what a task no longer asks were counted as done."""
        again = missing - self.left
        self.done -= again
        self._at_start -= again

    def _score(
        self,
        harness: Harness,
        loaded: Any,
        task: TaskRequest,
        rooms: ResidentRooms,
        merge: Merge,
        writer: ResultWriter,
    ) -> str | None:
        """Appends the score, or why there is none. Returns the digest of what the model was asked."""
        from merge_lab_agent.threads import threads_for

        self.status.update(current=merge.to_json())
        started = time.perf_counter()
        size = self.plan.sizes[merge.size]
        requests, items, code, message = None, 0, None, None
        metrics: tuple[Metric, ...] = ()
        try:
            module = rooms.enter(merge).hold(merge)
            model = self._model(module, size)
            with threads_for(size.parameters):
                requests, items, metrics = harness.score(model, loaded, task.limit)
        except Exception as error:
            code, message = failure_code(error)
            traceback.print_exc()
        rooms.check_unchanged(merge)
        line = TaskScore(
            key=merge.key,
            task=task.key,
            name=loaded.task_name,
            harness=self.version,
            requests=requests,
            items=items,
            metrics=metrics,
            seconds=time.perf_counter() - started,
            device=self.device.description,
            code=code,
            message=message,
        )
        writer.append([line])
        self.done += code is None
        self.failed += code is not None
        self._tell()
        return requests

    def _model(self, module: torch.nn.Module, size: PlanSize) -> HarnessModel:
        """Made once for each module that merges are written into."""
        from merge_lab_agent.harness import HarnessModel

        if self._last is None or self._last.module is not module:
            self._last = HarnessModel(module, Path(size.base.path), size.scoring.batch_tokens)
        return self._last

    def _tell(self, waiting_for: str | None = None) -> None:
        made = self.done + self.failed - self._at_start
        left = None if made == 0 else (time.monotonic() - self._began) / made * self.left
        self.status.update(done=self.done, failed=self.failed, total=self.total, seconds_left=left)
        progress = {"done": self.done + self.failed, "total": self.total, "seconds_left": left}
        # Who listened may be gone; what is scored is wanted all the same.
        with contextlib.suppress(OSError):
            self.tell({"progress": progress | {"waiting_for": waiting_for}})
