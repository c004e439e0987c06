from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_plans import ForkedRun, SmallPlan, losses, start_agent, write_plan

from merge_lab_agent import claims as claiming
from merge_lab_agent import crew
from merge_lab_agent.claims import BLOCK_MERGES, blocks
from merge_lab_agent.devices import Device
from merge_lab_agent.plan import Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.results import decode
from merge_lab_agent.rooms import ResidentRoom
from merge_lab_agent.runs import read_run, stop
from merge_lab_agent.store import Store


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, repeat=12, domains=1)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merges that take long enough for a test to act in between."""
    score = ResidentRoom.score

    def slowly(self: ResidentRoom, *arguments: Any) -> Any:
        time.sleep(0.02)
        return score(self, *arguments)

    monkeypatch.setattr(ResidentRoom, "score", slowly)


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def workers(plan: SmallPlan, run: str = "run") -> dict[int, dict[str, Any]]:
    """The statuses of a run's workers by process."""
    return {worker["pid"]: worker for worker in read_run(plan.store.run(run)).workers}


def lines_by_file(plan: SmallPlan) -> list[list[str]]:
    """The keys that each writer has written."""
    return [
        [document["key"] for line in file.read_bytes().split(b"\n")[1:] if (document := decode(line))]
        for file in sorted(plan.store.results.iterdir())
    ]


def written(plan: SmallPlan) -> list[str]:
    return [key for keys in lines_by_file(plan) for key in keys]


def all_working(plan: SmallPlan) -> bool:
    """Both have measured something."""
    return sum(len(keys) > 0 for keys in lines_by_file(plan)) == 2


# What a crew is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [0, 1, 63, 521, 65_535])
def test_blocks_cover_a_plan_once_and_end_small(total: int) -> None:
    found = blocks(total)
    assert [position for block in found for position in block] == list(range(total))
    assert all(1 <= len(block) <= BLOCK_MERGES for block in found)
    assert all(len(block) == 1 for block in found[-32:])


def test_workers_are_auto_or_a_number() -> None:
    assert crew.asked_workers({}) == 1
    assert crew.asked_workers({"workers": "auto"}) is None
    assert crew.asked_workers({"workers": 3}) == 3
    for wrong in (0, -1, 257, 1.5, True, "many", None):
        with pytest.raises(Problem) as caught:
            crew.asked_workers({"workers": wrong})
        assert caught.value.code == "request_invalid"


def test_small_models_get_a_worker_a_core_where_there_is_work_and_memory(
    plan: SmallPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Plan.read(plan.store, plan.id)
    needed = crew.memory_of_worker(read, read.merges)
    monkeypatch.setattr(crew, "usable_cores", lambda: 16)
    free = 100 * needed
    monkeypatch.setattr(crew, "available_memory", lambda device: free)
    assert crew.workers_on_processor(None, read, read.merges * 2) == 2
    assert crew.workers_on_processor(None, read, read.merges * 100) == 15, "one core is left to the editor"
    assert crew.workers_on_processor(None, read, read.merges[:3]) == 1
    free = 3 * needed
    assert crew.workers_on_processor(None, read, read.merges * 100) == 3
    assert crew.workers_on_processor(3, read, read.merges) == 3
    with pytest.raises(Problem) as caught:
        crew.workers_on_processor(4, read, read.merges)
    assert caught.value.code == "workers_do_not_fit"
    assert "at most 3" in caught.value.fix
    free = 0
    assert crew.workers_on_processor(4, read, read.merges) == 4, "nothing says how much there is"


def test_each_gpu_has_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = [Device(f"cuda:{n}", "GPU") for n in range(4)]
    memory = [80, 80, 8, 80]
    monkeypatch.setattr(crew, "_gpus", lambda: [crew._Gpu(d, m) for d, m in zip(gpus, memory)])
    assert crew.other_gpus(None, "auto", gpus[0], 40) == [gpus[1], gpus[3]]
    assert crew.other_gpus(2, "auto", gpus[0], 40) == [gpus[1]]
    assert crew.other_gpus(1, "auto", gpus[0], 40) == []
    assert crew.other_gpus(None, "cuda:1", gpus[1], 40) == [], "one device was named"
    assert crew.other_gpus(None, "cpu", Device("cpu", "cpu"), 40) == []
    for asked, device in ((4, "auto"), (2, "cuda:0")):
        with pytest.raises(Problem) as caught:
            crew.other_gpus(asked, device, gpus[0], 40)
        assert caught.value.code == "workers_do_not_fit"


def test_a_number_of_workers_is_the_most_where_logits_are_averaged(
    plan: SmallPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Plan.read(plan.store, plan.id)
    pool = [replace(merge, average=(merge.size, merge.size)) for merge in read.merges]
    monkeypatch.setattr(crew, "available_memory", lambda device: crew.memory_of_worker(read, pool))
    assert crew.workers_on_processor(3, read, pool) == 1
    assert crew.workers_on_processor(3, read, [*read.merges, pool[0]]) == 1
    with pytest.raises(Problem):
        crew.workers_on_processor(3, read, read.merges)

    gpus = [Device(f"cuda:{n}", "GPU") for n in range(3)]
    memory = [80, 8, 80]
    monkeypatch.setattr(crew, "_gpus", lambda: [crew._Gpu(d, m) for d, m in zip(gpus, memory)])
    assert crew.other_gpus(3, "auto", gpus[0], 40, averages=True) == [gpus[2]]
    with pytest.raises(Problem):
        crew.other_gpus(4, "auto", gpus[0], 40, averages=True)


# What a crew does ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_first_worker_starts_the_others_and_all_end_together(plan: SmallPlan, tmp_path: Path) -> None:
    process = start_agent("run", plan.request("run") | {"workers": 2}, tmp_path)
    process.communicate()
    assert process.returncode == 0
    wait_for(lambda: all(worker["state"] == "done" for worker in workers(plan).values()))
    assert len(workers(plan)) == 2
    assert read_run(plan.store.run("run")).state == "done"
    assert sorted(written(plan)) == sorted(line["key"] for line in plan.lines)


@pytest.mark.usefixtures("slow")
def test_a_killed_worker_loses_its_current_merge_which_the_other_takes(
    plan: SmallPlan, tmp_path: Path
) -> None:
    first, second = (ForkedRun(plan.request("run"), tmp_path) for _ in range(2))
    wait_for(lambda: all_working(plan))
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    record = read_run(plan.store.run("run"))
    assert record.alive
    assert record.state in ("running", "loading"), "the run goes on"
    assert workers(plan)[first.pid]["problem"]["code"] == "run_died"
    assert second.wait() == 0
    assert read_run(plan.store.run("run")).state == "done"
    assert workers(plan)[second.pid]["done"] == len(plan.lines)
    assert sorted(written(plan)) == sorted(line["key"] for line in plan.lines), "and nothing else was lost"


@pytest.mark.usefixtures("slow")
def test_a_worker_that_slept_leaves_its_block_to_who_took_it(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(claiming, "RENEW_SECONDS", 0.2)
    sleeper, other = (ForkedRun(plan.request("run"), tmp_path) for _ in range(2))
    wait_for(lambda: all_working(plan))
    os.kill(sleeper.pid, signal.SIGSTOP)
    assert other.wait() == 0, "it does not wait for the sleeper"
    assert workers(plan)[other.pid]["done"] == len(plan.lines)
    before = written(plan)
    assert sorted(before) == sorted(line["key"] for line in plan.lines)
    os.kill(sleeper.pid, signal.SIGCONT)
    assert sleeper.wait() == 0
    assert workers(plan)[sleeper.pid]["done"] == len(plan.lines)
    assert len(losses(plan.store)) == len(plan.lines)
    assert len(written(plan)) <= len(before) + 1, "at most the line that was being written"
    assert list(plan.store.claims(plan.id).iterdir()) == []


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("now", [False, True])
def test_stop_ends_all_workers(plan: SmallPlan, tmp_path: Path, now: bool) -> None:
    both = [ForkedRun(plan.request("run"), tmp_path) for _ in range(2)]
    wait_for(lambda: all_working(plan))
    stop({"store": str(plan.store.root), "run": "run", "now": now})
    assert [process.wait() for process in both] == [0, 0]
    assert {worker["state"] for worker in workers(plan).values()} == {"stopped"}
    assert 0 < len(losses(plan.store)) < len(plan.lines)
    assert list(plan.store.claims(plan.id).iterdir()) == []
