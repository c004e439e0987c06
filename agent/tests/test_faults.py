"""Sudden ends at named points, and damage to every file of a store: the final results are always the same."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import pytest
from small_plans import AVERAGE, DARE, ForkedRun, SmallPlan, forked_run, losses, save_plan, write_plan

from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.faults import POINTS
from merge_lab_agent.problem import Problem
from merge_lab_agent.runs import read_run
from merge_lab_agent.store import Store

pytestmark = pytest.mark.slow


def make_plan(folder: Path, base: Path, experts: dict[str, Path]) -> SmallPlan:
    """39 merges, so that there is a second block."""
    return write_plan(Store.open(folder), base, experts, methods=(AVERAGE, DARE), repeat=3)[:39]


@pytest.fixture(scope="module")
def models(tiny_base: Path, tiny_experts: dict[str, Path]) -> tuple[Path, dict[str, Path]]:
    return tiny_base, tiny_experts


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, models: tuple[Path, dict[str, Path]]
) -> dict[tuple[str, str], float]:
    folder = tmp_path_factory.mktemp("undisturbed")
    plan = make_plan(folder / "store", *models)
    assert forked_run(plan.request("run"), folder) == 0
    found = losses(plan.store)
    assert len(found) == 2 * len(plan.lines)
    return found


@pytest.fixture
def plan(tmp_path: Path, models: tuple[Path, dict[str, Path]]) -> SmallPlan:
    return make_plan(tmp_path / "store", *models)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_named_point_the_next_run_ends_alike(
    plan: SmallPlan,
    tmp_path: Path,
    undisturbed: dict[tuple[str, str], float],
    point: str,
    times: int,
) -> None:
    ended = forked_run(plan.request("first"), tmp_path, MERGE_LAB_FAULT=f"{point}:{times}")
    if times == 1 or point not in ("after_start", "before_end"):
        assert ended == -signal.SIGKILL
        assert read_run(plan.store.run("first")).state == "failed", (
            "a run that is gone does not seem to go on"
        )
    kept = losses(plan.store)
    assert kept.items() <= undisturbed.items()
    assert forked_run(plan.request("second"), tmp_path) == 0
    assert losses(plan.store) == undisturbed
    lines = sum(len(file.read_bytes().splitlines()) - 1 for file in plan.store.results.iterdir())
    torn = 2 if point == "mid_append" else 0  # what was written before the kill may hold a whole line
    assert len(undisturbed) <= lines <= len(undisturbed) + torn, "nothing finished was computed again"


def test_only_the_merge_under_way_is_lost(plan: SmallPlan, tmp_path: Path) -> None:
    forked_run(plan.request("first"), tmp_path, MERGE_LAB_FAULT="before_append:8")
    assert len(losses(plan.store)) == 2 * 7


def test_a_kill_among_several_workers_harms_none_of_them(
    plan: SmallPlan, tmp_path: Path, undisturbed: dict[tuple[str, str], float]
) -> None:
    doomed = ForkedRun(plan.request("doomed"), tmp_path / "a", MERGE_LAB_FAULT="after_append:3")
    wait_for_results(plan.store.results)  # it has a block of its own now, which nobody takes while it lives
    other = ForkedRun(plan.request("other"), tmp_path / "b")
    assert doomed.wait() == -signal.SIGKILL
    assert other.wait() == 0, "it took over the dead worker's block"
    assert losses(plan.store) == undisturbed


def wait_for_results(folder: Path) -> None:
    for _ in range(12_000):
        if any(folder.iterdir()):
            return
        time.sleep(0.01)
    raise AssertionError("nothing was written in two minutes")


@pytest.mark.parametrize("seed", range(6))
def test_damage_to_any_file_but_the_plan_and_the_data_is_mended_by_running_again(
    plan: SmallPlan,
    tmp_path: Path,
    undisturbed: dict[tuple[str, str], float],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Results, claims, status, events, logs: bits flipped in half of the cases, tails cut in the others."""
    monkeypatch.setattr("merge_lab_agent.claims.LEASE_SECONDS", 1.0)
    forked_run(plan.request("first"), tmp_path, MERGE_LAB_FAULT="after_append:35")
    chance = random.Random(seed)
    for file in sorted(plan.store.root.rglob("*")):
        if file.is_file() and file.parent.name not in ("plans", "evaluations"):
            damage(file, chance)
    assert forked_run(plan.request("second"), tmp_path) == 0
    assert losses(plan.store) == undisturbed


def damage(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    if chance.random() < 0.5:
        file.write_bytes(content[: chance.randrange(len(content) + 1)])
        return
    # The first line of results says the format: damage that turns it into another is refused, not mended.
    begin = content.find(b"\n") + 1 if file.parent.name == "results" else 0
    for _ in range(5):
        if begin < len(content):
            content[chance.randrange(begin, len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def test_a_damaged_plan_is_named_and_written_again_goes_on(
    plan: SmallPlan, tmp_path: Path, undisturbed: dict[tuple[str, str], float]
) -> None:
    forked_run(plan.request("first"), tmp_path, MERGE_LAB_FAULT="after_append:5")
    file = plan.store.plan(plan.id)
    file.write_bytes(file.read_bytes()[:-40])
    assert forked_run(plan.request("second"), tmp_path) == 1
    problem = read_run(plan.store.run("second")).problem
    assert problem is not None
    assert problem["code"] == "plan_damaged"
    save_plan(plan.store, plan.header, plan.lines)
    assert forked_run(plan.request("third"), tmp_path) == 0
    assert losses(plan.store) == undisturbed


def test_a_damaged_evaluation_set_is_named_and_fails_no_merge(
    plan: SmallPlan, tmp_path: Path, undisturbed: dict[tuple[str, str], float]
) -> None:
    name = plan.header["evaluations"]["domain1"]
    sound = EvaluationSet.read(plan.store, name)
    file = plan.store.evaluation(name)
    document = json.loads(file.read_bytes())
    document["samples"][0]["tokens"][0] ^= 1
    file.write_text(json.dumps(document))
    assert forked_run(plan.request("first"), tmp_path) == 1
    problem = read_run(plan.store.run("first")).problem
    assert problem is not None
    assert problem["code"] == "evaluation_damaged"
    assert losses(plan.store) == {}
    with pytest.raises(Problem):
        EvaluationSet.read(plan.store, name)
    sound.write(plan.store)
    assert forked_run(plan.request("second"), tmp_path) == 0
    assert losses(plan.store) == undisturbed
