from __future__ import annotations

import base64
import contextlib
import io
import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_plans import SmallPlan, agent_environment, start_agent, write_plan

from merge_lab_agent.follow import Follower
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import alive, identify
from merge_lab_agent.protocol import BadMessage, read_line, read_message
from merge_lab_agent.runs import read_run
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import Store, write_atomically


class Client:
    """Speaks to a `serve` process; answers by id, notifications in order."""

    def __init__(self, home: Path) -> None:
        self.process = start_agent("serve", None, home)
        self.answers: dict[Any, dict[str, Any]] = {}
        self.notified: list[dict[str, Any]] = []
        assert self.process.stdout is not None
        self.banner = self.process.stdout.readline() + self.process.stdout.readline()
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            with self._arrived:
                if "method" in message:
                    self.notified.append(message)
                else:
                    self.answers[message["id"]] = message
                self._arrived.notify_all()

    def send(self, content: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def ask(self, number: int | str, method: str, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.send(json.dumps(message).encode() + b"\n")

    def answer(self, number: Any) -> dict[str, Any]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: number in self.answers, 120), f"no answer to {number}"
            return self.answers.pop(number)

    def call(self, method: str, **params: Any) -> Any:
        self.ask("call", method, **params)
        answer = self.answer("call")
        assert "error" not in answer, answer
        return answer["result"]

    def problem(self, method: str, **params: Any) -> dict[str, Any]:
        self.ask("call", method, **params)
        return self.answer("call")["error"]

    def hello(self) -> None:
        self.call("hello", protocol=1, client="test")

    def close(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(20)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    client = Client(tmp_path / "home")
    yield client
    client.process.kill()
    client.process.wait()


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, repeat=600, domains=1)


def test_the_conversation_begins_with_a_banner_and_hello(client: Client) -> None:
    assert client.banner == b"\nmerge-lab-agent 1\n", "whatever a shell printed before, a line of its own"
    early = client.problem("runs", store="/tmp")
    assert early["data"]["code"] == "hello_missing"
    assert client.problem("hello", protocol=7, client="x")["data"] == {
        "code": "protocol_mismatch",
        "message": "This agent speaks protocol 1; the client speaks 7.",
        "fix": "Install the agent and the client of the same release.",
    }
    hello = client.call("hello", protocol=1, client="test")
    assert set(hello) == {"protocol", "agent", "python"}
    assert hello["protocol"] == 1


def test_bad_lines_are_answered_and_the_conversation_goes_on(client: Client, tmp_path: Path) -> None:
    for content, number in (
        (b"{nonsense\n", -32700),
        (b"\xff\xfe\x00\n", -32700),
        (b"NaN\n", -32700),
        (b"[" * 100_000 + b"\n", -32700),
        (b"[]\n", -32600),
        (b"42\n", -32600),
        (b'{"jsonrpc":"2.0","id":null}\n', -32600),
        (b'{"jsonrpc":"2.0","id":[1],"method":"runs"}\n', -32600),
    ):
        client.send(content)
        error = client.answer(None)["error"]
        assert error["code"] == number, content[:40]
        assert set(error["data"]) == {"code", "message", "fix"}
    client.ask(5, "hello", protocol=1)
    client.answer(5)
    client.send(b'\n  \n{"jsonrpc":"2.0","id":6,"method":"runs","params":[1]}\n')
    assert client.answer(6)["error"]["code"] == -32602
    assert client.call("runs", store=str(tmp_path / "store")) == {"runs": []}


def test_an_unknown_call_is_named_with_the_nearest_known_one(client: Client) -> None:
    client.hello()
    error = client.problem("lanch", store="/x")
    assert error["code"] == -32601
    assert error["data"]["fix"] == "Did you mean 'launch'?"
    assert "environment" in client.problem("xyzzy")["data"]["fix"]


def test_every_failure_is_a_problem(client: Client, tmp_path: Path) -> None:
    client.hello()
    (tmp_path / "file").write_text("")
    for method, params, code in (
        ("launch", {}, "request_invalid"),
        ("launch", {"store": "relative", "plan": "0" * 64, "device": "cpu"}, "store_path_relative"),
        ("launch", {"store": str(tmp_path), "plan": "../x", "device": "cpu"}, "plan_id_invalid"),
        ("launch", {"store": str(tmp_path), "plan": "0" * 64, "device": "cpu"}, "plan_missing"),
        ("runs", {"store": 5}, "request_invalid"),
        ("runs", {"store": "relative"}, "store_path_relative"),
        ("stop", {"store": str(tmp_path), "run": "none"}, "run_unknown"),
        ("unfollow", {"store": str(tmp_path), "stream": "none"}, "stream_unknown"),
        ("follow", {"store": str(tmp_path), "files": {"../../etc/passwd": 0}}, "path_outside_store"),
        ("follow", {"store": str(tmp_path), "files": {"x.jsonl": -1}}, "request_invalid"),
        ("list", {"root": str(tmp_path / "nowhere")}, "folder_missing"),
    ):
        data = client.problem(method, **params)["data"]
        assert data["code"] == code, (method, params)
        assert data["message"]
        assert data["fix"]


def test_a_notification_gets_no_answer(client: Client, tmp_path: Path) -> None:
    client.hello()
    client.send(b'{"jsonrpc":"2.0","method":"nothing"}\n{"jsonrpc":"2.0","method":"runs"}\n')
    assert client.call("runs", store=str(tmp_path / "store")) == {"runs": []}
    assert client.answers == {}


@pytest.mark.slow
def test_a_slow_call_holds_up_no_other(client: Client, tmp_path: Path) -> None:
    client.hello()
    client.ask("slow", "environment", store=str(tmp_path))
    assert client.call("runs", store=str(tmp_path / "store")) == {"runs": []}
    assert "slow" not in client.answers, "torch is still being loaded, elsewhere"
    environment = client.answer("slow")["result"]
    assert environment["problems"] == []
    assert environment["devices"][0]["name"] == "cpu"
    assert environment["disk"]["free_bytes"] > 0
    assert environment["torch"]


def test_the_server_itself_loads_no_torch(client: Client, tmp_path: Path) -> None:
    client.hello()
    client.call("runs", store=str(tmp_path / "store"))
    maps = Path(f"/proc/{client.process.pid}/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    assert "libtorch" not in maps.read_text()


@pytest.mark.slow
def test_a_launched_run_outlives_the_server(client: Client, plan: SmallPlan) -> None:
    client.hello()
    store = str(plan.store.root)
    launched = client.call("launch", store=store, plan=plan.id, device="cpu")
    assert launched["state"] == "started"
    assert client.close() == 0
    record = read_run(plan.store.run(launched["run"]))
    assert record.active, "serve has ended, the run has not"
    again = Client(plan.store.root.parent / "home")
    try:
        again.hello()
        assert again.call("launch", store=store, plan=plan.id, device="cpu") == {
            "run": launched["run"],
            "state": "attached",
        }
        assert again.call("stop", store=store, run=launched["run"], now=True)["state"] == "stopping"
        deadline = time.monotonic() + 60
        while (record := read_run(plan.store.run(launched["run"]))).state not in ENDED:
            assert time.monotonic() < deadline, record
            time.sleep(0.05)
        assert record.state == "stopped", (record.problem, (record.folder / "agent.log").read_text())
    finally:
        again.close()


def children_of(pid: int) -> list[int]:
    """Of all its threads, of which some may end meanwhile."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in file.read_text().split()]
    return found


@pytest.mark.parametrize("ending", ["input", "SIGTERM"])
def test_the_server_ends_cleanly_whatever_is_under_way(client: Client, tmp_path: Path, ending: str) -> None:
    client.hello()
    client.call("follow", store=str(tmp_path / "store"), files={"results/": 0})
    client.ask("slow", "environment", store=str(tmp_path))
    children = Path(f"/proc/{client.process.pid}/task/{client.process.pid}/children")
    started: list[int] = []
    deadline = time.monotonic() + 30
    while children.exists() and not started and time.monotonic() < deadline:
        started = children_of(client.process.pid)
    jobs = [identify(pid) for pid in started]
    if ending == "input":
        assert client.close() == 0
    else:
        client.process.send_signal(signal.SIGTERM)
        assert client.process.wait(20) == 0
    deadline = time.monotonic() + 30
    while any(alive(job) for job in jobs):
        assert time.monotonic() < deadline, "a job nobody waits for goes on"
        time.sleep(0.05)


def test_answers_asked_for_before_the_end_of_input_are_given(tmp_path: Path) -> None:
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"protocol": 1, "client": "x"}},
        {"jsonrpc": "2.0", "id": 2, "method": "runs", "params": {"store": str(tmp_path / "store")}},
    ]
    process = start_agent("serve", None, tmp_path)
    output, _ = process.communicate("".join(json.dumps(line) + "\n" for line in lines).encode())
    assert [json.loads(line)["id"] for line in output.splitlines()[2:]] == [1, 2]


def test_following_sends_each_new_byte_once_and_replaced_files_whole(client: Client, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    results = store.results / "w.jsonl"
    results.write_bytes(b"0123456789")
    client.hello()
    files = {"results/w.jsonl": 4, "runs/r/status/": 0}
    stream = client.call("follow", store=str(store.root), files=files)["stream"]
    big = bytes(range(256)) * 4096
    with results.open("ab") as opened:
        opened.write(big)
    status = store.run("r") / "status"
    status.mkdir(parents=True)
    for text in (b'{"state":"running"}', b'{"state":"done!!!"}'):
        write_atomically(status / "one.json", text)
        wait_until(lambda text=text: received(client, stream, "runs/r/status/one.json").endswith(text))
    wait_until(lambda: received(client, stream, "results/w.jsonl") == b"456789" + big)
    client.call("unfollow", store=str(store.root), stream=stream)
    before = len(client.notified)
    with results.open("ab") as opened:
        opened.write(b"more")
    client.call("runs", store=str(store.root))
    time.sleep(0.3)
    assert len(client.notified) == before


def received(client: Client, stream: str, path: str) -> bytes:
    """What arrived for a path, put together by the offsets that came with it."""
    content = b""
    begin = None
    for message in list(client.notified):
        params = message["params"]
        if params["stream"] == stream and params["path"] == path:
            data = base64.b64decode(params["data"])
            begin = params["offset"] if begin is None else begin
            if params["offset"] == 0:
                content, begin = data, 0
            else:
                assert params["offset"] == begin + len(content), "no gap, nothing twice"
                content += data
    return content


def wait_until(condition: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing arrived"
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "results/../../x", "", "a\\b", "C:x", "results/\0"])
def test_only_files_of_the_store_are_followed(tmp_path: Path, path: str) -> None:
    with pytest.raises(Problem):
        Follower(lambda *_: None).follow({"store": str(tmp_path), "files": {path: 0}})


def test_a_line_without_end_is_skipped_and_named() -> None:
    source = io.BytesIO(b"x" * 1000 + b"\nafter\n")
    first = read_line(source, longest=100)
    assert isinstance(first, BadMessage)
    assert first.problem.code == "message_too_long"
    assert read_line(source, longest=100) == b"after\n"
    assert read_line(source, longest=100) is None


def test_any_bytes_are_a_message_or_a_bad_one() -> None:
    import random

    chance = random.Random(3)
    pieces = [
        b'{"jsonrpc":"2.0"',
        b',"id":1',
        b',"method":"x"',
        b',"params":{}',
        b"}",
        b"\xff",
        b"[",
        b"1e999",
        b'"',
    ]
    for _ in range(3000):
        line = b"".join(chance.choice(pieces) for _ in range(chance.randint(1, 8)))
        message = read_message(line)
        assert isinstance(message, BadMessage) or message.method == "x"


def test_models_are_listed_for_completion(
    client: Client, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    client.hello()
    found = client.call("list", root=str(tiny_base.parent))
    assert {"path": "base", "kind": "checkpoint"} in found["models"]
    assert {"path": "alpha", "kind": "checkpoint"} in found["models"]
    assert found["complete"] is True


def test_commands_that_do_not_exist_end_with_a_hint(tmp_path: Path) -> None:
    import sys

    ended = subprocess.run(
        [sys.executable, "-m", "merge_lab_agent", "serv"],
        capture_output=True,
        text=True,
        env=agent_environment(tmp_path),
        check=False,
    )
    assert ended.returncode == 2
    assert "Did you mean serve?" in ended.stderr


def test_a_document_that_is_no_json_is_a_problem(tmp_path: Path) -> None:
    process = start_agent("run", None, tmp_path)
    output, _ = process.communicate(b"{")
    assert process.returncode == 1
    assert json.loads(output)["error"]["code"] == "request_invalid"
