"""The workers of a run as actors of Ray, in the words of a queue: submitted, looked at, cancelled.

They belong to this process: Ray ends them when it goes, so that none is ever left on a cluster.
"""

from __future__ import annotations

import itertools
import re
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from merge_lab_agent.detached import agent_environment
from merge_lab_agent.jobs import Task
from merge_lab_agent.problem import Problem
from merge_lab_agent.ray_worker import RayWorker
from merge_lab_agent.status import WorkerStatus
from merge_lab_agent.store import compact_json, write_atomically
from merge_lab_agent.supervised_workers import worker_id

START_SECONDS = 60.0
WAITS = "resources"
WAITS_LONG = f"resources, or a node without {sys.executable}"
"""Why an actor waits. Ray does not tell the one from the other: it tries to start a Python for ever."""


@dataclass(frozen=True)
class Demand:
    """What Ray finds each worker a place by, on a node; `memory` in bytes."""

    cpus: int
    gpus: int = 0
    memory: int = 0

    def fit(self, nodes: Sequence[dict[str, float]]) -> int:
        """How many workers nodes with these resources are for."""
        wanted = (("CPU", self.cpus), ("GPU", self.gpus), ("memory", self.memory))
        return sum(min(int(node.get(name, 0) // n) for name, n in wanted if n) for node in nodes)

    def __str__(self) -> str:
        cores = f"{self.cpus} core{'' if self.cpus == 1 else 's'}"
        more = [*(["a GPU"] if self.gpus else []), *([f"{self.memory / 1e9:.1f} GB"] if self.memory else [])]
        return " and ".join([cores, *more])


@dataclass
class _Actor:
    task: Task
    handle: Any
    answer: Any
    """Of `begin`, then of `work`."""
    since: float = field(default_factory=time.monotonic)


@dataclass
class Actors:
    """`request` is what each works at; `own`: they are alone on their cluster, which has this Python."""

    folder: Path
    request: dict[str, Any]
    demand: Demand
    own: bool
    _actors: dict[str, _Actor] = field(default_factory=dict)
    _token: str = ""

    def __post_init__(self) -> None:
        # Workers of a supervisor that was killed have other ids.
        self._ids = itertools.count(int(time.time() * 1000))
        self._token = secrets.token_hex(16)
        (self.folder / "ray" / "token").write_text(self._token, encoding="ascii")

    def submit(self, count: int) -> str:
        """The id of the first."""
        import ray

        made = ray.remote(RayWorker).options(
            num_cpus=self.demand.cpus,
            num_gpus=self.demand.gpus,
            memory=self.demand.memory or None,
            max_restarts=0,
            runtime_env=None if self.own else _environment(),
        )
        ids = [str(next(self._ids)) for _ in range(count)]
        for id in ids:
            handle = made.remote()
            task = Task(id, id, "PENDING", WAITS)
            self._actors[id] = _Actor(task, handle, handle.begin.remote(str(self.folder), self._token))
        return ids[0]

    def look(self) -> list[Task]:
        import ray

        open_answers = [actor.answer for actor in self._actors.values() if actor.task.lives]
        if open_answers:
            ready, _ = ray.wait(open_answers, num_returns=len(open_answers), timeout=0)
            for actor in [actor for actor in self._actors.values() if actor.answer in ready]:
                if actor.task.lives:
                    self._hear(ray, actor)
        for actor in self._actors.values():
            if actor.task.waits and time.monotonic() - actor.since > START_SECONDS:
                self._state(actor, "PENDING", WAITS_LONG)
        return [actor.task for actor in self._actors.values()]

    def cancel(self, tasks: Sequence[Task]) -> None:
        import ray

        for task in tasks:
            ray.kill(self._actors[task.id].handle)
            self._state(self._actors[task.id], "CANCELLED")

    def _hear(self, ray: Any, actor: _Actor) -> None:
        """The answer of `begin` or of `work`, or what became of the actor instead."""
        begins = actor.task.waits
        try:
            answer = ray.get(actor.answer)
        except Exception as error:
            if begins and not _is_lost(ray, error):
                self._failed(actor, _cannot_begin(error))
            self._state(actor, "NODE_FAIL" if _node_is_lost(error) else "FAILED", _words(error))
            return
        if not begins:
            self._state(actor, "COMPLETED")
            ray.kill(actor.handle)
        elif answer is not None:
            self._failed(actor, answer)
            self._state(actor, "FAILED", str(answer["message"]))
            ray.kill(actor.handle)
        else:
            own = {"worker": worker_id(actor.task.id, engine="ray"), "workers": 1, "allocated": not self.own}
            actor.answer = actor.handle.work.remote(self.request | own, str(self.folder))
            self._state(actor, "RUNNING")

    def _state(self, actor: _Actor, state: str, reason: str = "None") -> None:
        actor.task = replace(actor.task, state=state, reason=reason)

    def _failed(self, actor: _Actor, problem: dict[str, Any]) -> None:
        """The last word of a worker that could not write it itself."""
        worker = worker_id(actor.task.id, engine="ray")
        said = WorkerStatus(
            run=self.request["run"],
            worker=worker,
            plan=self.request["plan"],
            device=self.request["device"],
            state="failed",
            problem=problem,
        )
        write_atomically(self.folder / "status" / f"{worker}.json", compact_json(said.to_json()) + b"\n")


def _environment() -> dict[str, Any]:
    """This Python with this agent, where a node's own may have neither."""
    path = agent_environment().get("PYTHONPATH")
    return {"py_executable": sys.executable} | ({"env_vars": {"PYTHONPATH": path}} if path else {})


def _is_lost(ray: Any, error: Exception) -> bool:
    """An actor that was ended, as against one that could not be made."""
    died = isinstance(error, ray.exceptions.ActorDiedError | ray.exceptions.ActorUnavailableError)
    return died and "creation task" not in str(error)


def _node_is_lost(error: Exception) -> bool:
    return bool(getattr(error, "preempted", False)) or "because its node" in str(error)


def _words(error: Exception) -> str:
    """Of Ray, which says much: the cause alone."""
    text = str(error)
    if because := re.search(r"dead because ([^.\n]+)", text):
        return because[1][:300]
    lines = [line.strip() for line in text.splitlines() if line.strip(" ^")]
    return (lines[-1] if lines else type(error).__name__)[:300]


def _cannot_begin(error: Exception) -> dict[str, Any]:
    return Problem(
        "ray_worker_failed",
        f"A worker cannot be started on the Ray cluster: {_words(error)}",
        f"Its nodes need {sys.executable}, with PyTorch and Ray, and the agent's folder at the same paths.",
    ).to_json()
