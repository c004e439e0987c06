"""The job `merge`: writes one merged model to a folder, with the same durable files as a run."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable
from typing import Any

from merge_lab_agent.control import Control, StopNow
from merge_lab_agent.identifiers import new_run_id, new_worker_id
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import this_process
from merge_lab_agent.request import text_field
from merge_lab_agent.run import as_problem
from merge_lab_agent.status import StatusWriter, WorkerStatus, add_event
from merge_lab_agent.store import Store, forget_denied_answers

PROGRESS_SECONDS = 0.2

Tell = Callable[[dict[str, Any]], None]


def merge(request: dict[str, Any], tell: Tell = lambda message: None) -> dict[str, Any]:
    """Writes `{store, plan, size, method, seed, subset or weights, out}` and returns what was written.

    tell: called with `{progress: {done, total, seconds_left}}` while tensors are written, in bytes and
    seconds, if the request has `progress: true`.

    The answer is kept in the run's events too, for whoever was away. Raises Problem.
    """
    store = Store.open(text_field(request, "store"))
    run = str(request.get("run") or new_run_id())
    folder = store.run(run)
    control = Control(folder)
    control.install()
    first = WorkerStatus(
        run=run, worker=new_worker_id(), plan=text_field(request, "plan"), device="cpu", total=1
    )
    identity = this_process().to_json()
    add_event(folder, "started", job="merge", plan=first.plan, worker=first.worker, process=identity)
    with StatusWriter(store, first, control.watch) as status:
        control.last_words = lambda: status.end("stopped")
        try:
            answer = _write(request, status, tell) | {"run": run}
        except (Exception, StopNow) as error:
            if control.interrupted:
                status.update(state="stopped")
                add_event(folder, "stopped")
                raise Problem("stopped", "The merge was stopped.", "Start it again.") from None
            traceback.print_exc()
            problem = as_problem(error)
            forget_denied_answers(store, problem)
            status.update(state="failed", problem=problem.to_json())
            add_event(folder, "failed", problem=problem.to_json())
            raise problem from error
        status.update(state="done", done=1, seconds_left=0.0)
        add_event(folder, "done", answer=answer)
    return answer


def _write(request: dict[str, Any], status: StatusWriter, tell: Tell) -> dict[str, Any]:
    status.update(state="loading", current=_current(request))
    from merge_lab_agent.write import write_merged

    status.update(state="running")
    pace = _Pace()

    def told(done: int, total: int) -> None:
        if not pace.is_due(done, total):
            return
        left = pace.seconds_left(done, total)
        status.update(seconds_left=left)
        if request.get("progress") is True:
            # Who listened may be gone; what is written is wanted all the same.
            with contextlib.suppress(OSError):
                tell({"progress": {"done": done, "total": total, "seconds_left": left}})

    return write_merged(request, told)


class _Pace:
    """Of something that is written from front to back."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def is_due(self, done: int, total: int) -> bool:
        now = time.monotonic()
        due = done == total or now - self._last >= PROGRESS_SECONDS
        if due:
            self._last = now
        return due

    def seconds_left(self, done: int, total: int) -> float:
        return (time.monotonic() - self._began) * (total - done) / max(done, 1)


def _current(request: dict[str, Any]) -> dict[str, Any]:
    """What is merged, for the eye only: the request is judged where it is carried out."""
    method, chosen = request.get("method"), request.get("weights") or request.get("subset") or ()
    return {
        "size": str(request.get("size")),
        "method": method if type(method) is int else None,
        "subset": [name for name in chosen if isinstance(name, str)],
        "seed": request.get("seed"),
    }
