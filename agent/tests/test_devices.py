from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from merge_lab_agent.devices import Device, device_lock

CPU = Device("cpu", "cpu")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MERGE_LAB_HOME", str(tmp_path))
    return tmp_path


def seat(run: str, told: list[str] | None = None) -> AbstractContextManager[bool]:
    """Of a run that gives up at once where it has to wait."""
    return device_lock(
        CPU, run, waiting=(told if told is not None else []).append, stopping=lambda: told is None
    )


def test_workers_of_one_run_sit_side_by_side_and_another_run_waits_for_all_of_them(home: Path) -> None:
    with ExitStack() as first, ExitStack() as second:
        assert first.enter_context(seat("mine"))
        assert second.enter_context(seat("mine"))
        with seat("theirs") as held:
            assert not held
        first.close()
        with seat("theirs") as held:
            assert not held, "one of them still works"
        assert first.enter_context(seat("mine")), "and its like may come back"
    with seat("theirs") as held:
        assert held


def test_seats_do_not_grow_in_number(home: Path) -> None:
    for _ in range(3):
        with seat("one"), seat("one"), seat("one"):
            pass
    assert len(list((home / "devices").glob("cpu*.lock"))) == 3


def test_who_waits_is_told_for_whom(home: Path) -> None:
    told: list[str] = []
    with (
        seat("theirs"),
        device_lock(CPU, "mine", waiting=told.append, stopping=lambda: bool(told)) as held,
    ):
        assert not held
    assert told == ["theirs"]
