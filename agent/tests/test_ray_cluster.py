"""Runs on a cluster of Ray here: workers killed, stopped and started again, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_plans import SmallPlan, losses, write_plan

from merge_lab_agent import launch as launching
from merge_lab_agent.launch import launch
from merge_lab_agent.process import ProcessIdentity, alive
from merge_lab_agent.ray_cluster import started
from merge_lab_agent.results import decode
from merge_lab_agent.run import run as local_run
from merge_lab_agent.runs import json_lines, read_run, stop
from merge_lab_agent.store import Store
from merge_lab_agent.supervised_run import see_to

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or sys.version_info >= (3, 14), reason="Ray is installed for tests on Linux"
    ),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERGE_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    yield
    for process in launching._launched:
        process.kill()
        process.wait()
    launching._launched.clear()


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "a sto're ü"), tiny_base, tiny_experts, repeat=2000, domains=1)


def asked(plan: SmallPlan, ray: str = "auto", workers: int | str = 2) -> dict[str, Any]:
    store = str(plan.store.root)
    return {"store": store, "plan": plan.id, "device": "cpu", "workers": workers, "ray": ray}


def wait_for(condition: Callable[[], Any], seconds: float = 240.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def statuses(plan: SmallPlan, run: str) -> dict[str, dict[str, Any]]:
    return {worker["worker"]: worker for worker in read_run(plan.store.run(run)).workers}


def working(plan: SmallPlan, run: str) -> list[str]:
    return [name for name, status in statuses(plan, run).items() if status["state"] == "running"]


def processes(plan: SmallPlan, run: str) -> list[ProcessIdentity]:
    events = json_lines(plan.store.run(run) / "events.jsonl")
    found = [ProcessIdentity.from_json(event.get("process")) for event in events]
    return [process for process in found if process is not None]


def rays(run: str) -> set[str]:
    """Living processes of Ray below the folder of a run."""
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return {line for line in listed.splitlines() if f"{tempfile.gettempdir()}/mlr-{run}" in line}


def scored(plan: SmallPlan) -> list[str]:
    lines = [line for file in plan.store.results.iterdir() for line in file.read_bytes().split(b"\n")[1:]]
    return [document["key"] for line in lines if (document := decode(line)) and document["nll"] is not None]


def nothing_is_left(plan: SmallPlan, run: str) -> None:
    wait_for(lambda: not any(map(alive, processes(plan, run))))
    wait_for(lambda: not rays(run))


def test_workers_are_killed_and_then_all_of_them_and_the_rest_is_stopped(plan: SmallPlan) -> None:
    run = launch(asked(plan))["run"]
    assert launch(asked(plan)) == {"run": run, "state": "attached"}
    wait_for(lambda: scored(plan))
    lost = max(working(plan, run), key=lambda name: statuses(plan, run)[name]["done"])
    os.kill(statuses(plan, run)[lost]["pid"], signal.SIGKILL)
    wait_for(lambda: len(statuses(plan, run)) == 4)
    assert statuses(plan, run)[lost]["state"] == "stopped"
    (supervisor,) = launching._launched
    supervisor.kill()
    supervisor.wait()
    nothing_is_left(plan, run)
    assert read_run(plan.store.run(run)).active, "whoever asks about it sees to it again"
    see_to({"store": str(plan.store.root), "run": run})
    wait_for(lambda: len(statuses(plan, run)) == 6)
    stop({"store": str(plan.store.root), "run": run, "now": True})
    wait_for(lambda: statuses(plan, run)["supervisor"]["state"] == "stopped")
    nothing_is_left(plan, run)
    assert not list(Path(tempfile.gettempdir()).glob(f"mlr-{run}*"))
    assert 0 < len(scored(plan)) == len(set(scored(plan))) < len(plan.lines)
    assert {status["state"] for status in statuses(plan, run).values()} == {"stopped"}


def test_workers_on_a_cluster_that_runs_wait_for_room_and_their_results_are_those_of_a_local_run(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = plan[:40]
    with started("tests", 1):
        import ray

        monkeypatch.setenv("RAY_ADDRESS", address := ray.get_runtime_context().gcs_address)
        run = launch(asked(few, address))["run"]
        waits = "Ray to start 1 worker (resources)"
        wait_for(lambda: statuses(few, run)["supervisor"]["waiting_for"] == waits)
        wait_for(lambda: read_run(few.store.run(run)).state == "done")
        wait_for(lambda: not any(map(alive, processes(few, run))))
        assert ray.available_resources()["CPU"] == 1
    other = Store.open(tmp_path / "other")
    for part in ("plans", "evaluations"):
        for file in (few.store.root / part).iterdir():
            (other.root / part / file.name).write_bytes(file.read_bytes())
    local_run({"store": str(other.root), "plan": few.id, "run": "local", "device": "cpu"})
    assert losses(few.store) == losses(other)
    assert len(losses(other)) == 40
