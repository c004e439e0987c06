"""Two hundred kills at random moments; run by `npm run soak`. The seed is in the test's name."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from small_plans import AVERAGE, DARE, ForkedRun, forked_run, index_of, losses, write_plan

from merge_lab_agent.store import Store

KILLS = 200


@pytest.mark.soak
@pytest.mark.parametrize("seed", [20260729])
def test_two_hundred_kills_change_nothing(
    tmp_path: Path,
    tiny_base: Path,
    tiny_experts: dict[str, Path],
    seed: int,
    request: pytest.FixtureRequest,
) -> None:
    if "soak" not in request.config.getoption("markexpr"):
        pytest.skip("long: run with -m soak")
    chance = random.Random(seed)
    kills = fruitful = 0
    while kills < KILLS:
        quiet, stormy = (
            write_plan(
                Store.open(tmp_path / f"{name}{kills}"),
                tiny_base,
                tiny_experts,
                methods=(AVERAGE, DARE),
                repeat=40,
            )
            for name in ("quiet", "stormy")
        )
        forked_run(quiet.request("run"), tmp_path)
        known = 0
        for attempt in range(KILLS):
            run = ForkedRun(stormy.request(f"run{attempt}"), tmp_path)
            # From before the first import to well into the merges.
            time.sleep(chance.choice([chance.uniform(0, 0.1), chance.uniform(0.1, 1.0)]))
            os.kill(run.pid, signal.SIGKILL)
            if run.wait() != -signal.SIGKILL:
                break
            kills += 1
            kept = losses(stormy.store)
            assert kept.items() <= losses(quiet.store).items()
            fruitful += len(kept) > known
            known = len(kept)
            assert index_of(stormy.store).failures == {}
        assert forked_run(stormy.request("last"), tmp_path) == 0
        assert losses(stormy.store) == losses(quiet.store)
    print(f"{kills} kills, {fruitful} of them amid merges, seed {seed}")
    assert fruitful > KILLS // 10, "the kills came too early to prove anything"
