"""The runs of a store: what each works at, whether it lives, and what its workers last said."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.control import Control
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import ProcessIdentity, alive
from merge_lab_agent.request import flag, text_field
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import Store, cannot_write

ENGINES = ("slurm", "ray")
_TOLD_FIRST = ("stopping", "running", "loading", "starting", "queued", "done", "failed", "stopped")


@dataclass(frozen=True)
class RunRecord:
    """One folder under `runs/`. `alive` says whether any of its processes lives; None where that cannot be
    known from this machine. A worker whose process is gone without a last word has failed, or was stopped."""

    run: str
    folder: Path
    job: str  # run | merge | downstream
    plan: str
    device: str
    alive: bool | None
    workers: list[dict[str, Any]]
    gone: tuple[str, ...] = ()
    """Workers whose processes are known to be gone."""

    @property
    def state(self) -> str:
        """What any worker is still at, else how it ended: what one has done was done for all."""
        states = {str(worker["state"]) for worker in self.workers}
        state = next((state for state in _TOLD_FIRST if state in states), "starting")
        if state in ENDED or self.alive is not False:
            return state
        return _gone(self.folder)

    @property
    def problem(self) -> dict[str, Any] | None:
        said = [worker["problem"] for worker in self.workers if isinstance(worker.get("problem"), dict)]
        if not said and self.state == "failed":
            return died(self.run, self.folder).to_json()
        return dict(said[0]) if said else None

    @property
    def active(self) -> bool:
        return self.alive is True and self.state not in ENDED

    @property
    def stopping(self) -> bool:
        """Whether somebody asked it to end."""
        return any((self.folder / "control" / name).exists() for name in ("stop", "stop-now"))

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "job": self.job,
            "plan": self.plan,
            "device": self.device,
            "state": self.state,
            "alive": self.alive,
            "problem": self.problem,
            "workers": self.workers,
        }


def died(run: str, folder: Path) -> Problem:
    """For a process that ended without saying why: the last it wrote may tell."""
    try:
        tail = (folder / "agent.log").read_bytes()[-1000:].decode("utf-8", "replace").strip()
    except OSError:
        tail = ""
    return Problem(
        "run_died",
        f"Run {run} was killed or crashed.{' Its last words: ' + tail if tail else ''}",
        "Run again; finished merges are kept.",
        file=folder / "agent.log",
    )


def read_run(folder: Path) -> RunRecord:
    """What the files of a run say; damaged ones say less."""
    job, plan, device = "run", "", ""
    processes: list[ProcessIdentity] = []
    of_worker: dict[str, ProcessIdentity] = {}
    for event in json_lines(folder / "events.jsonl"):
        if event.get("event") in ("launched", "started"):
            job, plan = str(event.get("job", job)), str(event.get("plan", plan))
            device = device or str(event.get("device", ""))
            process = ProcessIdentity.from_json(event.get("process"))
            if process is not None:
                processes.append(process)
                if isinstance(event.get("worker"), str):
                    of_worker[event["worker"]] = process
    is_supervised = any(request_file(folder, engine).exists() for engine in ENGINES)
    lives = {process: None if is_supervised else alive(process) for process in processes}
    workers = [
        _truthful(
            document,
            folder,
            lives.get(of_worker.get(str(document.get("worker")), processes[-1])) if processes else None,
        )
        for file in sorted((folder / "status").glob("[!.]*.json"))
        for document in json_lines(file)
        if isinstance(document.get("state"), str)
    ]
    workers.sort(key=lambda status: str(status.get("worker")))
    gone = tuple(sorted(worker for worker, process in of_worker.items() if lives[process] is False))
    life = is_supervised or _any_alive(lives.values())
    return RunRecord(folder.name, folder, job, plan, device, life, workers, gone)


def request_file(folder: Path, engine: str) -> Path:
    """What the workers of a run on Slurm or Ray are asked: there as soon as it is one. Such a run lives until
    its supervisor has said its end: no process says anything of it, and whoever asks sees to it again."""
    return folder / engine / "request.json"


def engine_of(request: Mapping[str, Any]) -> str | None:
    """What starts the workers of a run: `slurm`, `ray`; None for this machine itself."""
    return next((engine for engine in ENGINES if engine in request), None)


def _any_alive(lives: Collection[bool | None]) -> bool | None:
    if True in lives:
        return True
    return None if None in lives or not lives else False


def _truthful(status: dict[str, Any], folder: Path, lives: bool | None) -> dict[str, Any]:
    """A status as it is, unless its process is gone without a last word."""
    if lives is not False or status["state"] in ENDED:
        return status
    state = _gone(folder)
    problem = died(folder.name, folder).to_json() if state == "failed" else None
    return status | {"state": state, "current": None, "problem": problem}


def _gone(folder: Path) -> str:
    """How a process ended that did not say so: it was told to go, or it failed."""
    return "stopped" if (folder / "control" / "stop-now").exists() else "failed"


def json_lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a file, a line each; none where it cannot be read."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            found.append(document)
    return found


def all_runs(store: Store) -> list[RunRecord]:
    """Oldest first."""
    if not store.runs.is_dir():
        return []
    folders = sorted(folder for folder in store.runs.iterdir() if folder.is_dir())
    return [read_run(folder) for folder in folders if not folder.name.startswith(".")]


def runs(request: dict[str, Any]) -> dict[str, Any]:
    """The call `runs {store}` → `{runs}`; with a `run` that one alone, where it is there."""
    store = Store.at(text_field(request, "store"))
    if "run" not in request:
        return {"runs": [record.to_json() for record in all_runs(store)]}
    folder = store.run(text_field(request, "run"))
    return {"runs": [read_run(folder).to_json()] if folder.is_dir() else []}


def stop(request: dict[str, Any]) -> dict[str, Any]:
    """The call `stop {store, run, now}` → `{run, state}`: after the current merge, or at once."""
    store = Store.at(text_field(request, "store"))
    folder = store.run(text_field(request, "run"))
    if not folder.is_dir():
        raise Problem(
            "run_unknown",
            f"The store has no run {folder.name}.",
            "Ask for the runs of the store and use a name from there.",
        )
    record = read_run(folder)
    if record.state in ENDED:
        return {"run": record.run, "state": record.state}
    try:
        Control(folder).ask(now=flag(request, "now"))
    except OSError as error:
        raise cannot_write(folder, error) from error
    return {"run": record.run, "state": "stopping"}
