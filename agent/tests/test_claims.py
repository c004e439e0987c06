from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from merge_lab_agent.claims import LEASE_SECONDS, Claims
from merge_lab_agent.process import ProcessIdentity, alive, identify, this_process
from merge_lab_agent.store import Store

PLAN = "e" * 64


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def claims(tmp_path: Path, worker: str, clock: Clock | None = None) -> Claims:
    return Claims(Store.open(tmp_path), PLAN, worker, clock or Clock())


def claim_of_another(tmp_path: Path, lease: int = 0, **owner: object) -> Path:
    """A claim on block 0 by a worker on a host that cannot be asked."""
    folder = Store.open(tmp_path).claims(PLAN)
    folder.mkdir(exist_ok=True)
    away = ProcessIdentity("elsewhere", "boot", 1, "1").to_json()
    document = away | {"format": 1, "worker": "other", "lease": lease} | owner
    (folder / "0").write_text(json.dumps(document, separators=(",", ":")))
    return folder / "0"


def test_a_block_belongs_to_one_worker_until_released(tmp_path: Path) -> None:
    first, second = claims(tmp_path, "one"), claims(tmp_path, "two")
    assert first.claim(0)
    assert first.claim(0)
    assert not second.claim(0)
    assert second.claim(1)
    first.release(0)
    assert second.claim(0)
    assert sorted(file.name for file in first.folder.iterdir()) == ["0", "1"], "nothing else is left lying"


def test_of_many_that_try_at_once_one_wins(tmp_path: Path) -> None:
    everyone = [claims(tmp_path, f"w{n}") for n in range(8)]
    for block in range(20):
        barrier = threading.Barrier(len(everyone))
        won: list[str] = []

        def attempt(mine: Claims, barrier: threading.Barrier, won: list[str], block: int) -> None:
            barrier.wait()
            if mine.claim(block):
                won.append(mine.worker)

        threads = [threading.Thread(target=attempt, args=(c, barrier, won, block)) for c in everyone]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert json.loads((everyone[0].folder / str(block)).read_text())["worker"] == won[0]


def test_a_dead_owner_on_this_machine_loses_its_block_at_once(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    claim_of_another(tmp_path, **identify(child.pid).to_json())
    mine = claims(tmp_path, "mine")
    assert not mine.claim(0), "it lives"
    child.kill()
    # Not collected yet: a zombie holds no block either.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert mine.claim(0)
    child.communicate()


def test_a_reused_process_id_is_not_taken_for_the_owner(tmp_path: Path) -> None:
    claim_of_another(tmp_path, **(this_process().to_json() | {"started": "long ago"}))
    assert claims(tmp_path, "mine").claim(0)


def test_a_silent_lease_lapses_by_the_watcher_s_own_clock(tmp_path: Path) -> None:
    clock = Clock()
    mine = claims(tmp_path, "mine", clock)
    claim_of_another(tmp_path, lease=1)
    assert not mine.claim(0)
    clock.now += LEASE_SECONDS - 1
    claim_of_another(tmp_path, lease=2)
    assert not mine.claim(0), "the counter moved: the time begins again"
    clock.now += LEASE_SECONDS - 1
    assert not mine.claim(0)
    clock.now += 1
    assert mine.claim(0)


def test_the_time_of_the_file_plays_no_part(tmp_path: Path) -> None:
    clock = Clock()
    mine = claims(tmp_path, "mine", clock)
    file = claim_of_another(tmp_path)
    for moment in (0, 4_000_000_000):
        os.utime(file, (moment, moment))
        assert not mine.claim(0)


def test_a_claim_that_cannot_be_read_lapses_too(tmp_path: Path) -> None:
    for content in (b"", b"{", b"[]", b"\xff" * 40, b"[" * 100_000):
        clock = Clock()
        mine = claims(tmp_path, "mine", clock)
        claim_of_another(tmp_path).write_bytes(content)
        assert not mine.claim(0)
        clock.now += LEASE_SECONDS
        assert mine.claim(0)
        mine.release(0)


def test_renewing_moves_the_counter_and_spares_what_was_taken_over(tmp_path: Path) -> None:
    mine = claims(tmp_path, "mine")
    assert mine.claim(0)
    assert mine.claim(1)
    file = mine.folder / "0"
    before = file.read_bytes()
    mine.renew()
    assert file.read_bytes() != before
    claim_of_another(tmp_path)
    taken = file.read_bytes()
    mine.renew()
    mine.release(0)
    assert file.read_bytes() == taken
    assert json.loads((mine.folder / "1").read_text())["lease"] == 2


def test_a_claim_newer_than_the_one_judged_dead_is_put_back(tmp_path: Path) -> None:
    mine, other = claims(tmp_path, "mine"), claims(tmp_path, "fresh")
    dead = claim_of_another(tmp_path).read_bytes()
    (mine.folder / "0").unlink()
    assert other.claim(0)
    mine._bury(0, dead)
    assert json.loads((mine.folder / "0").read_text())["worker"] == "fresh"


def test_leaving_the_context_releases_everything(tmp_path: Path) -> None:
    with claims(tmp_path, "mine") as mine:
        assert mine.claim(0)
        assert mine.claim(5)
    assert list(mine.folder.iterdir()) == []


def test_life_is_known_here_and_unknown_elsewhere() -> None:
    me = this_process()
    assert alive(me) is True
    assert alive(ProcessIdentity(me.host, me.space, me.pid, "")) is False
    assert alive(ProcessIdentity("elsewhere", me.space, me.pid, me.started)) is None
    assert alive(ProcessIdentity(me.host, "another boot", me.pid, me.started)) is None
    assert ProcessIdentity.from_json(me.to_json()) == me
    assert ProcessIdentity.from_json({"host": "x"}) is None
