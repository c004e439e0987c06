"""A clock that is set back, and a disk that is full: what runs are called, and what they still say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from merge_lab_agent import status as said
from merge_lab_agent.identifiers import new_run_id
from merge_lab_agent.launch import launch
from merge_lab_agent.problem import Problem
from merge_lab_agent.status import StatusWriter, WorkerStatus
from merge_lab_agent.store import Store


def test_runs_sort_as_they_began_whatever_the_clock_says() -> None:
    names = ["20991231T235959-00000000", ".launch.lock", "99991331T000000-wrong"]
    for _ in range(3):
        names.append(new_run_id(names))
    begun = [names[0], *names[3:]]
    assert begun == sorted(begun)
    assert new_run_id() < names[0]


def test_the_last_word_is_said_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path)
    first = WorkerStatus(run="run", worker="one", plan="e" * 64, device="cpu")

    def full(file: Path, content: bytes, *, durable: bool) -> None:
        raise Problem("disk_full", "No space is left.", "Free some.")

    with StatusWriter(store, first) as writer:
        written = writer.file.read_bytes()
        monkeypatch.setattr(said, "write_atomically", full)
        writer.update(state="running")
        assert writer.file.read_bytes() == written, "what is not the last word may be said later"
        writer.update(state="failed", problem={"code": "disk_full"})
    assert json.loads(writer.file.read_bytes())["problem"] == {"code": "disk_full"}
    assert [file.name for file in writer.file.parent.iterdir()] == ["one.json"]


def test_nothing_is_launched_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path)
    plan = "e" * 64
    store.plan(plan).write_text("")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    with pytest.raises(Problem) as caught:
        launch({"store": str(tmp_path), "plan": plan})
    assert caught.value.code == "disk_full"
    assert str(tmp_path) in caught.value.message
    assert not [folder for folder in store.runs.iterdir() if folder.is_dir()]
