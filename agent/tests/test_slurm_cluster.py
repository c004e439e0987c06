"""Runs on a cluster of this machine: Slurm's own daemons, jobs submitted, cancelled and started again."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_cluster import small_cluster, why_no_cluster
from small_plans import SmallPlan, key_of, losses, write_plan
from test_downstream import write_task
from test_ensemble import averaged_plan
from test_ensemble import root as root

from merge_lab_agent import bootstrap
from merge_lab_agent import launch as launching
from merge_lab_agent.downstream_results import read_scored
from merge_lab_agent.harness_version import harness_version
from merge_lab_agent.jobs import Task
from merge_lab_agent.launch import launch
from merge_lab_agent.problem import Problem
from merge_lab_agent.results import decode
from merge_lab_agent.runs import json_lines, read_run, stop
from merge_lab_agent.slurm import Queue
from merge_lab_agent.store import Store
from merge_lab_agent.supervised_run import see_to

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_no_cluster() is not None, reason=why_no_cluster() or ""),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    with small_cluster() as configuration:
        yield configuration


@pytest.fixture(autouse=True)
def home(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SLURM_CONF", str(cluster))
    monkeypatch.setenv("MERGE_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    for process in launching._launched:
        process.kill()
        process.wait()
    launching._launched.clear()
    subprocess.run(["scancel", f"--user={os.getuid()}"], check=False)


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "a sto're %j ü"), tiny_base, tiny_experts, repeat=100, domains=1)


def asked(plan: SmallPlan, workers: int | str = 2, **slurm: Any) -> dict[str, Any]:
    slurm = {"partition": "work", "cpus": 1, "mem": "400M"} | slurm
    return {
        "store": str(plan.store.root),
        "plan": plan.id,
        "device": "cpu",
        "workers": workers,
        "slurm": slurm,
    }


def wait_for(condition: Callable[[], Any], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


def jobs(plan: SmallPlan, run: str) -> list[Task]:
    return [task for task in Queue(run, plan.store.run(run), {}).look() if task.lives]


def statuses(plan: SmallPlan, run: str) -> dict[str, dict[str, Any]]:
    return {worker["worker"]: worker for worker in read_run(plan.store.run(run)).workers}


def working(plan: SmallPlan, run: str) -> list[str]:
    return [name for name, status in statuses(plan, run).items() if status["state"] == "running"]


def submitted(plan: SmallPlan, run: str) -> int:
    return sum(event["event"] == "submitted" for event in json_lines(plan.store.run(run) / "events.jsonl"))


def task_of(plan: SmallPlan, run: str, worker: str) -> str:
    """What Slurm's commands call the job of one worker and of no other."""
    (name,) = (task.name for task in jobs(plan, run) if worker.startswith(f"slurm-{task.id}-"))
    return name


def written(plan: SmallPlan) -> list[str]:
    lines = [line for file in plan.store.results.iterdir() for line in file.read_bytes().split(b"\n")[1:]]
    return [document["key"] for line in lines if (document := decode(line))]


def test_workers_are_lost_and_the_supervisor_is_killed_and_every_merge_is_scored_once(
    plan: SmallPlan,
) -> None:
    run = launch(asked(plan))["run"]
    folder = plan.store.run(run)
    assert launch(asked(plan)) == {"run": run, "state": "attached"}
    wait_for(lambda: len(working(plan, run)) == 2)
    first, second = working(plan, run)
    requeued = task_of(plan, run, second)
    subprocess.run(["scancel", task_of(plan, run, first)], check=True)
    subprocess.run(["scontrol", "requeue", requeued], check=True)
    wait_for(lambda: submitted(plan, run) == 2)
    (supervisor,) = launching._launched
    supervisor.kill()
    supervisor.wait()
    # Slurm would let it wait for two minutes, until what was granted to it before has lapsed.
    wait_for(lambda: any(task.name == requeued and task.waits for task in jobs(plan, run)))
    subprocess.run(["scontrol", "update", f"JobId={requeued}", "StartTime=now"], check=True)
    again = second.removesuffix("0") + "1"
    wait_for(lambda: again in statuses(plan, run))
    assert read_run(folder).active, "the jobs go on without a supervisor"
    assert launch(asked(plan)) == {"run": run, "state": "attached"}
    wait_for(lambda: read_run(folder).state == "done")
    ended = statuses(plan, run)
    assert ended["supervisor"]["state"] == "done"
    assert {ended[name]["state"] for name in (first, second)} == {"stopped"}
    assert ended[again]["state"] == "done", "it was started again by Slurm"
    assert sorted(written(plan)) == sorted(line["key"] for line in plan.lines)
    assert submitted(plan, run) == 2, "the second supervisor doubles nothing"
    assert jobs(plan, run) == []


def test_a_look_at_a_login_node_says_its_partitions() -> None:
    assert set(bootstrap.slurm()["partitions"]) == {"work is up: 1 idle", "closed is down: 1 idle"}


def test_jobs_that_wait_for_ever_are_said_with_the_reason_and_can_be_stopped(plan: SmallPlan) -> None:
    answer = launch(asked(plan, 3, partition="closed"))
    assert answer["state"] == "queued"
    run = answer["run"]
    wait_for(lambda: "(PartitionDown)" in (statuses(plan, run)["supervisor"]["waiting_for"] or ""))
    assert statuses(plan, run)["supervisor"]["waiting_for"] == "Slurm to start 3 workers (PartitionDown)"
    assert len(jobs(plan, run)) == 3
    stop({"store": str(plan.store.root), "run": run, "now": False})
    wait_for(lambda: statuses(plan, run)["supervisor"]["state"] == "stopped")
    assert jobs(plan, run) == []
    assert losses(plan.store) == {}


def test_models_of_an_ensemble_and_their_averaged_logits_are_scored_by_jobs(root: Path) -> None:
    plan, _ = averaged_plan(root, "qwen", "twin")
    run = launch(asked(plan))["run"]
    wait_for(lambda: read_run(plan.store.run(run)).state == "done")
    assert sorted(written(plan)) == sorted(line["key"] for line in plan.lines)
    assert len(statuses(plan, run)) == 3, "a worker each, and who sees to them"


def test_models_are_scored_on_tasks_by_a_job_which_a_second_supervisor_finds(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    task = {"key": key_of(task="sums"), "folder": str(write_task(tmp_path / "sums"))}
    document = asked(plan) | {"models": plan.lines[:3], "tasks": [task]}
    run = launch({"store": document["store"], "downstream": document})["run"]
    folder = plan.store.run(run)
    wait_for(lambda: submitted(plan, run) == 1)
    supervisor = launching._launched[-1]
    supervisor.kill()
    supervisor.wait()
    assert launching._running(plan.store, plan.id) is None, "it is no run to attach to"
    see_to({"store": document["store"], "run": run})
    wait_for(lambda: read_run(folder).state == "done")
    record = read_run(folder)
    assert (record.job, submitted(plan, run)) == ("downstream", 1)
    said = statuses(plan, run)["supervisor"]
    assert (said["done"], said["failed"], said["total"]) == (3, 0, 3)
    assert sorted(key for key, _ in read_scored(plan.store, harness_version())) == sorted(
        line["key"] for line in plan.lines[:3]
    )


@pytest.mark.parametrize(
    ("slurm", "words"),
    [
        ({"partition": "nope"}, "invalid partition specified: nope"),
        ({"mem": "900G"}, "Memory specification can not be satisfied"),
        ({"gpus": 1}, "Invalid generic resource"),
    ],
)
def test_what_slurm_refuses_is_told_in_its_words(plan: SmallPlan, slurm: dict[str, Any], words: str) -> None:
    with pytest.raises(Problem) as caught:
        launch(asked(plan, **slurm))
    assert caught.value.code == "slurm_refused"
    assert words in caught.value.message
    assert "hosts.yaml" in caught.value.fix
