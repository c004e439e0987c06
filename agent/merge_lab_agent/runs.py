"""The runs of a store: what each works at, whether it lives, and what its workers last said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.control import Control
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import ProcessIdentity, alive
from merge_lab_agent.request import flag, text_field
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import Store, cannot_write


@dataclass(frozen=True)
class RunRecord:
    """One folder under `runs/`. `alive` is None where that cannot be known from this machine."""

    run: str
    folder: Path
    job: str  # run | merge
    plan: str
    device: str
    alive: bool | None
    workers: list[dict[str, Any]]

    @property
    def state(self) -> str:
        """The last worker's; a process gone without a last word has failed, unless it was told to go."""
        state = str(self.workers[-1].get("state", "starting")) if self.workers else "starting"
        if state in ENDED or self.alive is not False:
            return state
        return "stopped" if (self.folder / "control" / "stop-now").exists() else "failed"

    @property
    def problem(self) -> dict[str, Any] | None:
        said = self.workers[-1].get("problem") if self.workers else None
        if said is None and self.state == "failed":
            return died(self.run, self.folder).to_json()
        return said if isinstance(said, dict) else None

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
    process: ProcessIdentity | None = None
    for event in _json_lines(folder / "events.jsonl"):
        if event.get("event") in ("launched", "started"):
            job, plan = str(event.get("job", job)), str(event.get("plan", plan))
            device = str(event.get("device", device))
            process = ProcessIdentity.from_json(event.get("process")) or process
    workers = [
        document
        for file in sorted((folder / "status").glob("[!.]*.json"))
        for document in _json_lines(file)
        if isinstance(document.get("state"), str)
    ]
    workers.sort(key=lambda status: str(status.get("worker")))
    return RunRecord(folder.name, folder, job, plan, device, alive(process) if process else None, workers)


def _json_lines(file: Path) -> list[dict[str, Any]]:
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
    """The call `runs {store}` → `{runs}`."""
    return {"runs": [record.to_json() for record in all_runs(Store.at(text_field(request, "store")))]}


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
