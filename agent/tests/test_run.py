from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from small_plans import (
    AVERAGE,
    DARE,
    ForkedRun,
    SmallPlan,
    forked_run,
    index_of,
    losses,
    model_document,
    plan_line,
    run_agent,
    save_plan,
    write_evaluation,
    write_plan,
)
from tiny_models import make_model

from merge_lab_agent.claims import Claims
from merge_lab_agent.devices import Device, device_lock
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultIndex, ResultLine, ResultWriter
from merge_lab_agent.rooms import ResidentRooms
from merge_lab_agent.runs import read_run, stop
from merge_lab_agent.store import Store
from merge_lab_agent.worker import Worker


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    store = Store.open(tmp_path / ".mergelab" / "local")
    return write_plan(store, tiny_base, tiny_experts, methods=(AVERAGE, DARE))


def status(plan: SmallPlan, run: str) -> dict[str, Any]:
    record = read_run(plan.store.run(run))
    return record.workers[-1] if record.workers else {"state": "starting", "done": 0}


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


# Whole runs, with real models ----------------------------------------------------------------------------


def test_a_run_scores_every_merge_on_every_domain(plan: SmallPlan, tmp_path: Path) -> None:
    assert forked_run(plan.request("first"), tmp_path) == 0
    found = losses(plan.store)
    evaluations = set(plan.header["evaluations"].values())
    assert set(found) == {(line["key"], name) for line in plan.lines for name in evaluations}
    assert len(set(found.values())) > len(plan.lines), "different merges have different losses"
    last = status(plan, "first")
    assert (last["state"], last["done"], last["failed"], last["total"]) == ("done", 18, 0, 18)
    assert last["at_start"] == 0
    assert last["seconds_per_merge"] > 0
    assert last["problem"] is None
    assert list(plan.store.claims(plan.id).iterdir()) == [], "no claim outlives its worker"


def test_weights_are_scored_as_the_merge_that_they_are(plan: SmallPlan, tmp_path: Path) -> None:
    alpha, beta, *_ = plan.header["pool"]
    halves = plan_line(None, [beta, alpha], None) | {"weights": [0.5, 0.5]}
    single = plan_line(None, [alpha], None, 1) | {"weights": [1.0]}
    other = plan_line(None, [beta, alpha], None, 1) | {"weights": [0.9, 0.1]}
    weighted = save_plan(plan.store, plan.header, [*plan.lines, halves, single, other])
    assert forked_run(weighted.request("first"), tmp_path) == 0
    found = losses(plan.store)
    for domain in plan.header["evaluations"].values():
        by_average, expert = (
            found[next(line["key"] for line in plan.lines if line["subset"] == subset), domain]
            for subset in ([alpha, beta], [alpha])
        )
        assert found[halves["key"], domain] == pytest.approx(by_average, rel=1e-6)
        assert found[single["key"], domain] == pytest.approx(expert, rel=1e-6)
        assert found[other["key"], domain] != pytest.approx(by_average, rel=1e-6)


def test_a_merge_of_one_by_averaging_is_that_expert(plan: SmallPlan, tmp_path: Path) -> None:
    forked_run(plan.request("first"), tmp_path)
    found = losses(plan.store)
    for domain in plan.header["evaluations"].values():
        for name in plan.header["pool"]:
            unmerged, merged = (
                next(line for line in plan.lines if line["method"] == method and line["subset"] == [name])
                for method in (None, 0)
            )
            assert found[(merged["key"], domain)] == pytest.approx(found[(unmerged["key"], domain)], rel=1e-4)


def test_running_again_computes_nothing_and_loads_nothing(plan: SmallPlan, tmp_path: Path) -> None:
    forked_run(plan.request("first"), tmp_path)
    before = losses(plan.store)
    for model in (plan.header["sizes"]["S"]["base"], *plan.header["sizes"]["S"]["experts"].values()):
        model["path"] = "/nowhere"
    # Same keys under another plan whose models are gone: what is known needs none of them.
    again = save_plan(plan.store, plan.header, plan.lines)
    assert forked_run(again.request("second"), tmp_path) == 0
    assert status(again, "second")["done"] == 18
    assert status(again, "second")["at_start"] == 18
    assert losses(plan.store) == before
    assert len(list(plan.store.results.iterdir())) == 1


def test_a_new_domain_scores_that_domain_only(plan: SmallPlan, tmp_path: Path) -> None:
    forked_run(plan.request("first"), tmp_path)
    old = losses(plan.store)
    new = write_evaluation(plan.store, "later", 9)
    header = plan.header | {"evaluations": plan.header["evaluations"] | {"later": new}}
    grown = save_plan(plan.store, header, plan.lines)
    assert forked_run(grown.request("second"), tmp_path) == 0
    assert status(grown, "second")["at_start"] == 0, "no merge has all its domains"
    assert set(losses(plan.store)) - set(old) == {(line["key"], new) for line in plan.lines}
    newest = sorted(plan.store.results.iterdir(), key=lambda file: file.stat().st_mtime_ns)[-1]
    assert len(newest.read_bytes().splitlines()) == 1 + len(plan.lines)


def test_losses_do_not_depend_on_what_ran_before(plan: SmallPlan, tmp_path: Path) -> None:
    forked_run(plan.request("first"), tmp_path)
    backwards = Store.open(tmp_path / "other")
    for name in plan.header["evaluations"].values():
        backwards.evaluation(name).write_bytes(plan.store.evaluation(name).read_bytes())
    reverse = save_plan(backwards, plan.header, plan.lines[::-1])
    forked_run(reverse.request("first"), tmp_path)
    assert losses(backwards) == losses(plan.store)


def test_a_changed_model_ends_the_run_before_anything_is_scored(tmp_path: Path, tiny_base: Path) -> None:
    expert = make_model(tmp_path / "expert", like=tiny_base, noise=0.1, seed=4)
    plan = write_plan(Store.open(tmp_path / "store"), tiny_base, {"expert": expert})
    make_model(expert, like=tiny_base, noise=0.1, seed=5)
    answer = plan.store.root / "prepared" / f"{'0' * 64}.json"
    answer.write_bytes(b"{}")
    assert forked_run(plan.request("first"), tmp_path) == 1
    assert status(plan, "first")["problem"]["code"] == "model_changed"
    assert losses(plan.store) == {}
    assert not answer.exists(), "planning again must look at the files themselves"


def test_a_model_that_changes_under_way_is_not_scored_under_the_old_name(
    tmp_path: Path, tiny_base: Path
) -> None:
    expert = make_model(tmp_path / "expert", like=tiny_base, noise=0.1, seed=4)
    plan = write_plan(Store.open(tmp_path / "store"), tiny_base, {"expert": expert}, repeat=3000, domains=1)
    process = ForkedRun(plan.request("first"), tmp_path)
    wait_for(lambda: status(plan, "first")["done"] > 0)
    other = make_model(tmp_path / "replacement", like=tiny_base, noise=0.1, seed=5) / "model.safetensors"
    other.replace(expert / "model.safetensors")
    known = len(losses(plan.store))
    assert process.wait() == 1
    last = status(plan, "first")
    assert (last["state"], last["problem"]["code"]) == ("failed", "model_changed")
    assert len(losses(plan.store)) <= known + 64, "it was noticed soon, not at the end"


def test_an_expert_that_is_not_a_number_diverges_and_is_not_computed_again(
    tmp_path: Path, tiny_base: Path
) -> None:
    expert = make_model(tmp_path / "expert", like=tiny_base, noise=float("nan"), seed=4)
    plan = write_plan(Store.open(tmp_path / "store"), tiny_base, {"expert": expert}, domains=1)
    assert forked_run(plan.request("first"), tmp_path) == 0
    assert status(plan, "first")["done"] == 3
    (file,) = plan.store.results.iterdir()
    lines = [json.loads(line) for line in file.read_bytes().splitlines()[1:]]
    assert [(line["nll"] is None, line["code"]) for line in lines] == [
        (False, None),
        (True, "diverged"),
        (True, "diverged"),
    ]
    forked_run(plan.request("second"), tmp_path)
    assert len(list(plan.store.results.iterdir())) == 1


def test_a_reference_model_is_scored_like_any_merge(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    store = Store.open(tmp_path / "store")
    alpha = tiny_experts["alpha"]
    made = write_plan(store, tiny_base, {"alpha": alpha})
    line = plan_line(None, [], None, 7) | {"reference": "released"}
    header = made.header | {"references": {"released": model_document(alpha)}}
    plan = save_plan(store, header, [*made.lines, line])
    assert forked_run(plan.request("first"), tmp_path) == 0
    found = losses(store)
    for domain in plan.header["evaluations"].values():
        assert found[(line["key"], domain)] == found[(made.lines[1]["key"], domain)]


def test_a_run_of_a_plan_that_is_missing_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    request = {"store": str(store.root), "plan": "0" * 64, "run": "first", "device": "cpu"}
    code, answer, _ = run_agent("run", request, tmp_path)
    assert code == 1
    assert answer is not None
    assert (answer["state"], answer["problem"]["code"]) == ("failed", "plan_missing")


def test_a_second_run_queues_visibly_until_the_device_is_free(plan: SmallPlan, tmp_path: Path) -> None:
    os.environ["MERGE_LAB_HOME"] = str(tmp_path)
    try:
        with device_lock(Device("cpu", "cpu"), "run x of y", waiting=print, stopping=lambda: False) as held:
            assert held
            process = ForkedRun(plan.request("second"), tmp_path)
            wait_for(lambda: status(plan, "second")["state"] == "queued")
            assert status(plan, "second")["waiting_for"] == "run x of y uses this device"
            assert losses(plan.store) == {}
    finally:
        del os.environ["MERGE_LAB_HOME"]
    assert process.wait() == 0
    assert status(plan, "second")["state"] == "done"
    assert status(plan, "second")["waiting_for"] is None


def test_a_queued_run_can_be_stopped(plan: SmallPlan, tmp_path: Path) -> None:
    os.environ["MERGE_LAB_HOME"] = str(tmp_path)
    try:
        with device_lock(Device("cpu", "cpu"), "run x of y", waiting=print, stopping=lambda: False):
            process = ForkedRun(plan.request("second"), tmp_path)
            wait_for(lambda: status(plan, "second")["state"] == "queued")
            (plan.store.run("second") / "control").mkdir()
            (plan.store.run("second") / "control" / "stop").touch()
            assert process.wait() == 0
    finally:
        del os.environ["MERGE_LAB_HOME"]
    assert status(plan, "second")["state"] == "stopped"


@pytest.mark.parametrize("wish", ["stop", "stop-now"])
def test_a_stopped_run_keeps_what_it_has_and_the_next_goes_on(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path], wish: str
) -> None:
    store = Store.open(tmp_path / "store")
    plan = write_plan(store, tiny_base, tiny_experts, repeat=600, domains=1)
    process = ForkedRun(plan.request("first"), tmp_path)
    wait_for(lambda: status(plan, "first")["done"] > 0)
    (store.run("first") / "control").mkdir()
    (store.run("first") / "control" / wish).touch()
    assert process.wait() == 0
    last = status(plan, "first")
    assert (last["state"], last["problem"], last["current"]) == ("stopped", None, None)
    assert 0 < len(losses(store)) < len(plan.lines)
    assert list(store.claims(plan.id).iterdir()) == []
    kept = losses(store)
    short = save_plan(store, plan.header, plan.lines[:40])
    assert forked_run(short.request("second"), tmp_path) == 0
    assert kept.items() <= losses(store).items()
    assert status(short, "second")["done"] == 40


def test_an_error_made_of_the_stop_is_the_stop(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiled module that is interrupted while it loads says that it cannot be loaded."""

    def load(*_: object) -> None:
        try:
            while True:
                time.sleep(0.01)
        except BaseException:
            raise ImportError("cannot load module more than once per process") from None

    monkeypatch.setattr(ResidentRooms, "check", load)
    process = ForkedRun(plan.request("first"), tmp_path)
    wait_for(lambda: status(plan, "first")["state"] == "loading")
    stop({"store": str(plan.store.root), "run": "first", "now": True})
    assert process.wait() == 0
    last = status(plan, "first")
    assert (last["state"], last["problem"]) == ("stopped", None)


@pytest.mark.slow
def test_several_workers_share_a_plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> None:
    store = Store.open(tmp_path / "store")
    plan = write_plan(store, tiny_base, tiny_experts, repeat=20, domains=1)
    # Homes of their own stand for devices of their own.
    workers = [ForkedRun(plan.request(f"run{n}"), tmp_path / f"home{n}") for n in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert [status(plan, f"run{n}")["done"] for n in range(3)] == [len(plan.lines)] * 3
    alone = Store.open(tmp_path / "alone")
    undisturbed = write_plan(alone, tiny_base, tiny_experts, repeat=20, domains=1)
    forked_run(undisturbed.request("run"), tmp_path)
    assert losses(store) == losses(alone)
    written = sum(len(file.read_bytes().splitlines()) - 1 for file in store.results.iterdir())
    assert written == len(plan.lines), "no merge was computed twice"


# The worker alone, with losses from a table ----------------------------------------------------------------


class TableRoom:
    """Losses without models. `broken` maps a key to how many attempts fail before it works."""

    def __init__(self, broken: dict[str, int]) -> None:
        self.broken = broken
        self.scored: list[str] = []

    def enter(self, merge: Merge) -> TableRoom:
        return self

    def check_unchanged(self, merge: Merge) -> None:
        pass

    def score(self, merge: Merge, evaluations: Sequence[str], attempt: int) -> list[ResultLine]:
        self.scored.append(merge.key)
        if attempt <= self.broken.get(merge.key, 0):
            raise RuntimeError("no luck")
        return [
            ResultLine(merge.key, name, 1.0, 1, 1, b"\0\0\0\0", 0.0, "cpu", 1, None, attempt)
            for name in evaluations
        ]

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        return ResultLine(
            merge.key, None, None, 0, 0, None, 0.0, "cpu", 1, "merge_failed", attempt, str(error)
        )


def work(plan: SmallPlan, room: TableRoom, **options: Any) -> Progress:
    read = Plan.read(plan.store, plan.id)
    index = ResultIndex(plan.store)
    index.refresh()
    progress = Progress(read, index)
    with Claims(plan.store, plan.id, "table") as claims:
        Worker(progress, claims, ResultWriter(plan.store, plan.id), room, **options).work()
    return progress


def test_a_merge_that_fails_once_is_tried_again(plan: SmallPlan) -> None:
    key = plan.lines[4]["key"]
    progress = work(plan, room := TableRoom({key: 1}))
    assert (progress.done, progress.failed) == (18, 0)
    assert room.scored.count(key) == 2
    assert index_of(plan.store).attempts(key) == 1


def test_after_two_attempts_it_is_skipped_until_the_user_retries(plan: SmallPlan) -> None:
    key = plan.lines[4]["key"]
    progress = work(plan, room := TableRoom({key: 3}))
    assert (progress.done, progress.failed) == (17, 1)
    assert room.scored.count(key) == 2
    progress = work(plan, room := TableRoom({key: 3}))
    assert (progress.done, progress.failed, room.scored) == (17, 1, [])
    lines = [line | {"retry": 1} if line["key"] == key else line for line in plan.lines]
    retried = save_plan(plan.store, plan.header, lines)
    progress = work(retried, room := TableRoom({key: 3}))
    assert (progress.done, progress.failed) == (18, 0)
    assert room.scored == [key, key], "the third attempt failed, the fourth did not"


def test_the_same_merge_twice_in_a_plan_is_computed_once(plan: SmallPlan) -> None:
    doubled = save_plan(plan.store, plan.header, [*plan.lines, *plan.lines])
    progress = work(doubled, room := TableRoom({}))
    assert progress.done == 36
    assert len(room.scored) == 18


def test_two_domains_with_the_same_data_are_scored_once(plan: SmallPlan) -> None:
    name = plan.header["evaluations"]["domain0"]
    header = plan.header | {"evaluations": {"one": name, "two": name}}
    progress = work(save_plan(plan.store, header, plan.lines), TableRoom({}))
    assert progress.done == 18
    assert len(index_of(plan.store).completed) == 18


def test_a_stop_is_heard_between_two_merges(plan: SmallPlan) -> None:
    room = TableRoom({})
    work(plan, room, stopping=lambda: len(room.scored) >= 5)
    assert len(room.scored) == 5
    assert work(plan, again := TableRoom({})).done == 18
    assert len(again.scored) == 13


def test_a_full_store_ends_the_work_and_not_the_merge(
    plan: SmallPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(Problem) as caught:
        broken.setattr("merge_lab_agent.results.os.fsync", full)
        work(plan, TableRoom({}))
    assert caught.value.code == "disk_full"
    assert index_of(plan.store).failures == {}
    assert list(plan.store.claims(plan.id).iterdir()) == []
    assert work(plan, TableRoom({})).done == 18


def test_time_left_follows_what_was_measured(plan: SmallPlan) -> None:
    read = Plan.read(plan.store, plan.id)
    progress = Progress(read, ResultIndex(plan.store))
    assert progress.seconds_left is None
    progress.measured(read.merges[0], 2.0)
    assert progress.seconds_left == pytest.approx(2.0 * 18), "one pace for all until more is known"
    progress.measured(read.merges[4], 5.0)
    progress.measured(read.merges[4], 7.0)
    # 4 unmerged at 2 s, 7 averages at 6 s, 7 dare at the mean of their size, 14/3 s.
    assert progress.seconds_left == pytest.approx(4 * 2 + 7 * 6 + 7 * 14 / 3)
    assert progress.seconds_per_merge == pytest.approx(14 / 3)


@pytest.mark.parametrize(("parameters", "ratio"), [(100_000, 600 / 510), (10_000_000_000, 10e9 / 510e3)])
def test_time_left_of_a_size_not_yet_measured_goes_by_its_parameters(
    plan: SmallPlan, parameters: int, ratio: float
) -> None:
    small = plan.header["sizes"]["S"]
    header = plan.header | {"sizes": {"S": small, "L": small | {"parameters": parameters}}}
    lines = [plan.lines[4], plan.lines[5] | {"size": "L"}]
    read = Plan.read(plan.store, save_plan(plan.store, header, lines).id)
    progress = Progress(read, ResultIndex(plan.store))
    progress.measured(read.merges[0], 3.0)
    assert progress.seconds_left == pytest.approx(3.0 + 3.0 * ratio, rel=1e-4)
