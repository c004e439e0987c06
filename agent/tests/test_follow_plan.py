from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_plans import plan_line, save_plan

from merge_lab_agent import plan_files, runs
from merge_lab_agent.follow import CHUNK, Follower
from merge_lab_agent.plan_files import PlanFiles
from merge_lab_agent.process import identify, this_process
from merge_lab_agent.store import Store, write_atomically

OWN = [plan_line(0, [name], None) for name in "ab"]
OTHER = [plan_line(0, [name], None) for name in "bc"]


class Heard:
    """What a follower says, in order."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.follower = Follower(lambda method, params: self.said.append((method, params)))

    def paths(self) -> list[str]:
        return [params["path"] for method, params in self.said if method == "bytes"]

    def content(self, path: str) -> bytes:
        pieces = [params for method, params in self.said if method == "bytes" and params["path"] == path]
        return b"".join(base64.b64decode(piece["data"]) for piece in pieces)

    def all(self, method: str) -> list[dict[str, Any]]:
        return [params for said, params in self.said if said == method]


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    yield heard
    heard.follower.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "nothing was said"
        time.sleep(0.01)


def results(store: Store, writer: str, plan: str, lines: list[dict[str, Any]]) -> bytes:
    """Result lines as far as followers look at them: the key comes first."""
    content = f'{{"format":1,"writer":"{writer}","plan":"{plan}"}}\n'
    content += "".join(f'{{"key":"{line["key"]}","nll":1}}\n' for line in lines)
    with (store.results / f"{writer}.jsonl").open("a") as opened:
        opened.write(content)
    return (store.results / f"{writer}.jsonl").read_bytes()


def run_of(store: Store, name: str, plan: str, state: str, process: dict[str, Any]) -> None:
    folder = store.run(name)
    (folder / "status").mkdir(parents=True)
    event = {"event": "launched", "time": "", "job": "run", "plan": plan, "process": process}
    (folder / "events.jsonl").write_text(json.dumps(event) + "\n")
    write_atomically(folder / "status" / "w.json", json.dumps({"state": state, "worker": "w"}).encode())


def test_a_file_that_lost_its_end_is_sent_anew(store: Store, heard: Heard) -> None:
    folder = store.run("r")
    folder.mkdir(parents=True)
    (folder / "agent.log").write_bytes(b"01234")
    (folder / "events.jsonl").write_bytes(b'{"a":1}\n{"b":2}\n')
    files = {"runs/r/agent.log": 10, "runs/r/events.jsonl": 8}
    heard.follower.follow({"store": str(store.root), "files": files})
    wait_for(lambda: len(heard.all("bytes")) == 2)
    assert {params["path"]: params["offset"] for params in heard.all("bytes")} == {
        "runs/r/agent.log": 0,
        "runs/r/events.jsonl": 8,
    }


def test_one_look_that_fails_is_followed_by_others(
    store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = save_plan(store, {}, OWN)
    look, failures = PlanFiles.lives, iter([RuntimeError("once")])

    def lives(files: PlanFiles) -> list[dict[str, Any]]:
        for failure in failures:
            raise failure
        return look(files)

    monkeypatch.setattr(PlanFiles, "lives", lives)
    heard.follower.follow({"store": str(store.root), "plan": plan.id, "files": {}})
    wait_for(lambda: bool(heard.all("synced")))


def test_a_plan_brings_its_results_and_runs_and_no_others(store: Store, heard: Heard) -> None:
    own, other = save_plan(store, {}, OWN), save_plan(store, {}, OTHER)
    mine = results(store, "mine", own.id, [])
    results(store, "other", other.id, OTHER[1:])
    shared = results(store, "shared", other.id, OTHER)
    run_of(store, "r1", own.id, "done", this_process().to_json())
    run_of(store, "r2", other.id, "done", this_process().to_json())
    files = {"results/mine.jsonl": 5}
    heard.follower.follow({"store": str(store.root), "plan": own.id, "files": files})
    wait_for(lambda: heard.all("synced") != [])
    assert sorted(heard.paths()) == [
        "results/mine.jsonl",
        "results/shared.jsonl",
        "runs/r1/events.jsonl",
        "runs/r1/status/w.json",
    ]
    assert heard.content("results/mine.jsonl") == mine[5:]
    assert heard.content("results/shared.jsonl") == shared
    late = results(store, "other", other.id, OTHER[:1])
    wait_for(lambda: heard.content("results/other.jsonl") == late)
    assert len(heard.all("synced")) == 1


def test_what_cannot_be_read_hides_no_other_file(store: Store) -> None:
    own = save_plan(store, {}, OWN)
    results(store, "mine", own.id, OWN)
    (store.results / "a folder.jsonl").mkdir()
    (store.results / "dangling.jsonl").symlink_to("nowhere")
    (store.runs / "dangling").symlink_to("nowhere")
    run_of(store, "r", own.id, "done", this_process().to_json())
    paths = PlanFiles(store, own.id).paths(thorough=True)
    assert paths == ["results/mine.jsonl", "runs/r/events.jsonl", "runs/r/agent.log", "runs/r/status/"]


def test_results_of_other_plans_are_looked_at_again_where_a_word_may_speak_of_them(store: Store) -> None:
    own, other = save_plan(store, {}, OWN), save_plan(store, {}, OTHER)
    results(store, "other", other.id, OTHER[1:])
    files = PlanFiles(store, own.id)
    assert files.paths(thorough=True) == []
    results(store, "other", other.id, OTHER[:1])
    assert files.paths(thorough=False) == []
    assert files.paths(thorough=True) == ["results/other.jsonl"]
    results(store, "new", own.id, [])
    (store.results / "young.jsonl").write_bytes(b"")
    os.utime(store.results, (1, 1))  # a change of the folder that no clock is too coarse for
    assert files.paths(thorough=False) == ["results/new.jsonl", "results/other.jsonl"]
    results(store, "young", own.id, [])
    assert "results/young.jsonl" in files.paths(thorough=False), "it was there without a line before"


def test_a_run_whose_processes_are_gone_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_files, "LIVES_SECONDS", 0.0)
    own = save_plan(store, {}, OWN)
    run_of(store, "ended", own.id, "done", this_process().to_json() | {"pid": 2**22})
    run_of(store, "works", own.id, "running", this_process().to_json())
    files = PlanFiles(store, own.id)
    told = files.lives()
    assert [life["run"] for life in told] == ["ended", "works"]
    read: list[str] = []
    monkeypatch.setattr(
        plan_files, "read_run", lambda folder: read.append(folder.name) or runs.read_run(folder)
    )
    assert files.lives() == []
    assert read == ["works"]
    files.tell_again(told)
    assert [life["run"] for life in files.lives()] == ["ended", "works"]


def test_the_last_word_comes_after_the_results_that_it_speaks_of(store: Store, heard: Heard) -> None:
    own = save_plan(store, {}, OWN)
    run_of(store, "r", own.id, "done", this_process().to_json())
    results(store, "w", own.id, OWN)
    with (store.results / "w.jsonl").open("ab") as opened:
        opened.write(b"x" * (3 * CHUNK))
    whole = (store.results / "w.jsonl").read_bytes()
    heard.follower.follow({"store": str(store.root), "plan": own.id, "files": {}})
    wait_for(lambda: heard.all("synced") != [])
    before = heard.said[: heard.paths().index("runs/r/status/w.json")]
    told = b"".join(base64.b64decode(said["data"]) for _, said in before if said["path"] == "results/w.jsonl")
    assert told == whole


def test_it_is_said_whether_the_process_of_a_run_lives(store: Store, heard: Heard) -> None:
    own = save_plan(store, {}, OWN)
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    run_of(store, "r", own.id, "running", identify(child).to_json())
    heard.follower.follow({"store": str(store.root), "plan": own.id, "files": {}})
    wait_for(lambda: heard.all("lives") != [])
    os.kill(child, 9)
    os.waitpid(child, 0)
    wait_for(lambda: len(heard.all("lives")) == 2)
    assert [life["alive"] for life in heard.all("lives")] == [True, False]


def test_a_worker_that_is_gone_among_living_ones_is_told(store: Store, heard: Heard) -> None:
    own = save_plan(store, {}, OWN)
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    run_of(store, "r", own.id, "running", this_process().to_json())
    with (store.run("r") / "events.jsonl").open("a") as events:
        for worker, process in (("w", this_process()), ("w2", identify(child))):
            event = {"event": "started", "job": "run", "plan": own.id, "worker": worker}
            events.write(json.dumps(event | {"process": process.to_json()}) + "\n")
    heard.follower.follow({"store": str(store.root), "plan": own.id, "files": {}})
    wait_for(lambda: heard.all("lives") != [])
    os.kill(child, 9)
    os.waitpid(child, 0)
    wait_for(lambda: len(heard.all("lives")) == 2)
    told = [(life["alive"], life["gone"]) for life in heard.all("lives")]
    assert told == [(True, []), (True, ["w2"])]
