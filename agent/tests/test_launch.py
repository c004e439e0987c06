from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_plans import SmallPlan, losses, plan_line, run_agent, save_plan, start_agent, write_plan
from transformers import AutoModelForCausalLM

from merge_lab_agent import launch as launching
from merge_lab_agent.detached import logout_note
from merge_lab_agent.launch import launch
from merge_lab_agent.problem import Problem
from merge_lab_agent.runs import read_run, runs, stop
from merge_lab_agent.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MERGE_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield tmp_path / "home"
    for process in launching._launched:
        process.kill()
        process.wait()
    launching._launched.clear()


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    store = Store.open(tmp_path / "store")
    return write_plan(store, tiny_base, tiny_experts, repeat=600, domains=1)


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


def asked(plan: SmallPlan) -> dict[str, Any]:
    return {"store": str(plan.store.root), "plan": plan.id, "device": "cpu"}


def state(plan: SmallPlan, run: str) -> str:
    return read_run(plan.store.run(run)).state


def test_a_run_is_attached_to_queued_behind_and_stopped(plan: SmallPlan, home: Path) -> None:
    first = launch(asked(plan))
    assert first["state"] == "started"
    assert launch(asked(plan)) == {"run": first["run"], "state": "attached"}
    second = launch(asked(plan[:20]))
    assert second["state"] == "queued"
    waiting = read_run(plan.store.run(second["run"])).workers[-1]["waiting_for"]
    assert waiting == f"run {first['run']} of {plan.store.root} uses this device"
    listed = {run["run"]: run for run in runs(asked(plan))["runs"]}
    assert [listed[name["run"]]["alive"] for name in (first, second)] == [True, True]
    wait_for(lambda: len(losses(plan.store)) > 25)
    request = {"store": str(plan.store.root), "run": first["run"], "now": False}
    assert stop(request)["state"] in ("stopping", "stopped")
    wait_for(lambda: state(plan, first["run"]) == "stopped")
    wait_for(lambda: state(plan, second["run"]) == "done")
    assert stop(request) == {"run": first["run"], "state": "stopped"}
    assert 20 <= len(losses(plan.store)) < len(plan.lines)


def test_a_run_has_a_session_of_its_own(plan: SmallPlan, home: Path) -> None:
    run = launch(asked(plan))["run"]
    events = (plan.store.run(run) / "events.jsonl").read_text().splitlines()
    pid = json.loads(next(line for line in events if '"launched"' in line))["process"]["pid"]
    assert os.getsid(pid) != os.getsid(0)
    assert (plan.store.run(run) / "agent.log").exists()
    stop({"store": str(plan.store.root), "run": run, "now": True})
    wait_for(lambda: state(plan, run) == "stopped")


def test_a_killed_run_is_told_apart_from_one_that_works(plan: SmallPlan, home: Path) -> None:
    run = launch(asked(plan))["run"]
    (process,) = launching._launched
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    record = read_run(plan.store.run(run))
    assert (record.alive, record.state) == (False, "failed")
    assert record.problem is not None
    assert record.problem["code"] == "run_died"
    again = launch(asked(plan[:5]))
    assert again["state"] == "started", "the dead one holds no lock and attracts nobody"
    stop_now = plan.store.run(run) / "control" / "stop-now"
    stop_now.parent.mkdir(exist_ok=True)
    stop_now.touch()
    record = read_run(plan.store.run(run))
    assert (record.state, record.problem) == ("stopped", None), "it was told to go, and it went"
    wait_for(lambda: state(plan, again["run"]) == "done")


def test_sigterm_ends_a_run_as_stopped(plan: SmallPlan, home: Path) -> None:
    run = launch(asked(plan))["run"]
    (process,) = launching._launched
    wait_for(lambda: len(losses(plan.store)) > 0)
    process.terminate()
    process.wait()
    assert state(plan, run) == "stopped"
    assert list(plan.store.claims(plan.id).iterdir()) == []


def test_what_fails_at_once_is_told_at_once(plan: SmallPlan, home: Path) -> None:
    with pytest.raises(Problem) as caught:
        launch(asked(plan) | {"plan": "0" * 64})
    assert caught.value.code == "plan_missing"
    file = plan.store.plan(plan.id)
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(Problem) as caught:
        launch(asked(plan))
    assert caught.value.code == "plan_damaged"


def test_a_device_that_is_not_there_is_named(plan: SmallPlan, home: Path) -> None:
    with pytest.raises(Problem) as caught:
        launch(asked(plan) | {"device": "cuda:99"})
    assert caught.value.code == "device_missing"
    with pytest.raises(Problem) as caught:
        launch(asked(plan) | {"device": "abacus"})
    assert caught.value.code == "device_missing"


def test_a_complete_plan_is_launched_and_done_without_torch(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path], home: Path
) -> None:
    plan = write_plan(Store.open(tmp_path / "small"), tiny_base, tiny_experts)
    run = launch(asked(plan))["run"]
    wait_for(lambda: state(plan, run) == "done")
    again = launch(asked(plan))
    assert again["state"] == "started"
    wait_for(lambda: state(plan, again["run"]) == "done")
    memory = read_run(plan.store.run(again["run"])).workers[-1]["memory_bytes"]
    assert memory is None or memory < 64 << 20


def test_stopping_what_is_not_there_is_a_problem(plan: SmallPlan) -> None:
    for run in ("20260101T000000-00000000", "../results"):
        with pytest.raises(Problem) as caught:
            stop({"store": str(plan.store.root), "run": run})
        assert caught.value.code == "run_unknown"


def test_the_merge_job_writes_a_model_and_leaves_its_story(plan: SmallPlan, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    document = asked(plan) | {
        "size": "S",
        "method": 0,
        "seed": None,
        "subset": ["alpha", "gamma"],
        "out": str(out),
        "files": {"README.md": "# Merged"},
    }
    code, answer, said = run_agent("merge", document, tmp_path)
    assert code == 0, said
    assert answer is not None
    assert answer["out"] == str(out)
    assert (out / "README.md").read_text() == "# Merged"
    assert AutoModelForCausalLM.from_pretrained(out).num_parameters() > 0
    record = read_run(plan.store.run(answer["run"]))
    assert (record.job, record.state, record.workers[-1]["done"]) == ("merge", "done", 1)
    code, answer, _ = run_agent("merge", document, tmp_path)
    assert code == 1
    assert answer is not None
    assert answer["error"]["code"] == "out_exists"
    assert runs(asked(plan))["runs"][-1]["state"] == "failed"


def test_the_merge_job_tells_how_far_it_is_where_that_is_asked_for(plan: SmallPlan, tmp_path: Path) -> None:
    document = asked(plan) | {"size": "S", "method": 0, "seed": None, "subset": ["alpha"]}

    def lines(folder: str, more: dict[str, Any]) -> list[dict[str, Any]]:
        request = document | {"out": str(tmp_path / folder)} | more
        output, _ = start_agent("merge", request, tmp_path).communicate()
        return [json.loads(line) for line in output.splitlines()]

    assert ["out" in line for line in lines("quiet", {})] == [True]
    *told, answer = lines("told", {"progress": True})
    total = answer["bytes"]
    assert told[-1] == {"progress": {"done": total, "total": total, "seconds_left": 0.0}}


def test_a_merge_can_be_launched_too(plan: SmallPlan, tmp_path: Path, home: Path) -> None:
    merge = asked(plan) | {"size": "S", "method": None, "weights": {"alpha": 0.5}, "out": str(tmp_path / "m")}
    run = launch({"store": str(plan.store.root), "merge": merge})["run"]
    wait_for(lambda: state(plan, run) == "done")
    assert (tmp_path / "m" / "config.json").exists()
    assert launch(asked(plan[:3]))["state"] == "started", "a merge is no run of the plan to attach to"


def test_a_job_that_is_asked_for_again_after_a_cut_is_attached_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path / "store")
    plan = save_plan(store, {}, [plan_line(0, ["a"], None)])
    living = SimpleNamespace(pid=os.getpid(), poll=lambda: None)
    monkeypatch.setattr(launching, "start_detached", lambda *_: living)
    monkeypatch.setattr(launching, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(launching, "_launched", [])

    def ask(job: str, **document: Any) -> dict[str, Any]:
        return launch({"store": str(store.root), job: {"plan": plan.id} | document})

    merge, scores = ask("merge", out="/a", size="S"), ask("downstream", tasks=["arc"])
    assert ask("merge", size="S", out="/a") == {"run": merge["run"], "state": "attached"}
    assert ask("downstream", tasks=["arc"]) == {"run": scores["run"], "state": "attached"}
    assert (
        ask("merge", out="/b", size="S")["state"] == ask("downstream", tasks=["mmlu"])["state"] == "started"
    )
    stop({"store": str(store.root), "run": merge["run"], "now": True})
    assert ask("merge", out="/a", size="S")["state"] == "started", "that one is ending"


def test_surviving_logout_is_only_doubted_where_the_system_says_so() -> None:
    note = logout_note()
    assert note is None or "enable-linger" in note
