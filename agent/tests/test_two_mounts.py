"""Workers of two machines on one folder: leases hold without a clock or a process id that both trust."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_plans import ForkedRun, SmallPlan, losses, write_plan
from test_crew import wait_for, written

from merge_lab_agent import claims as claiming
from merge_lab_agent.rooms import ResidentRoom
from merge_lab_agent.store import Store


@pytest.fixture
def other_mount(tmp_path: Path) -> Iterator[Path]:
    """The same folder under another path: mounted again, or by a link where this may not mount."""
    folder, again = tmp_path / "store", tmp_path / "again"
    folder.mkdir()
    again.mkdir()
    mounted = subprocess.run(["mount", "--bind", folder, again], capture_output=True, check=False)
    if mounted.returncode != 0:
        print("this may not mount: the second path is a link")
        again.rmdir()
        again.symlink_to(folder)
    yield again
    if mounted.returncode == 0:
        subprocess.run(["umount", "-l", again], check=True)


@pytest.mark.slow
def test_a_stopped_worker_of_another_machine_is_waited_for_then_succeeded(
    tmp_path: Path,
    other_mount: Path,
    tiny_base: Path,
    tiny_experts: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    score = ResidentRoom.score

    def slowly(self: ResidentRoom, *arguments: Any) -> Any:
        time.sleep(0.02)
        return score(self, *arguments)

    monkeypatch.setattr(ResidentRoom, "score", slowly)
    monkeypatch.setattr(claiming, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(claiming, "RENEW_SECONDS", 0.2)
    plan = write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, repeat=8, domains=1)
    keys = sorted(line["key"] for line in plan.lines)
    there = SmallPlan(Store.open(other_mount), plan.id, plan.header, plan.lines)
    here = ForkedRun(plan.request("run"), tmp_path / "a")
    # Another machine's name, so that nobody can ask for the other's processes; and a clock a day behind.
    monkeypatch.setattr(platform, "node", lambda: "elsewhere")
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 86_400)
    away = ForkedRun(there.request("run"), tmp_path / "b")
    wait_for(lambda: len(list(plan.store.results.iterdir())) == 2 and len(written(plan)) > 8)
    os.kill(here.pid, signal.SIGSTOP)
    assert away.wait() == 0, "the lease of the stopped one lapsed"
    assert sorted(set(written(plan))) == keys
    os.kill(here.pid, signal.SIGCONT)
    assert here.wait() == 0
    assert len(losses(plan.store)) == len(keys), "a result that is there twice counts once"
    assert len(written(plan)) <= len(keys) + 1, "at most the line that was being written"
    assert list(plan.store.claims(plan.id).iterdir()) == []
