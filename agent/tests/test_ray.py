"""What is asked of Ray and how much each worker takes, without a cluster."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_plans import SmallPlan, write_plan

from merge_lab_agent import ray_cluster, ray_run
from merge_lab_agent.devices import planned_device
from merge_lab_agent.launch import launch
from merge_lab_agent.plan import Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.progress import Progress
from merge_lab_agent.ray_actors import Demand
from merge_lab_agent.ray_cluster import Cluster, find_cluster, joined, ray_address
from merge_lab_agent.ray_run import wanted_actors
from merge_lab_agent.ray_worker import RayWorker
from merge_lab_agent.results import ResultIndex
from merge_lab_agent.store import Store


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))


def closed_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def answering(words: bytes) -> Iterator[str]:
    """A server of this machine that answers each connection with these words."""

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = server.accept()
                link.recv(1000)
                link.sendall(words)
                link.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


GRPC = bytes(
    [0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0x3F, 0xFF, 0xFF, 0, 5, 0, 0x3F, 0xFF, 0xFF, 0, 6, 0, 0, 0x40, 0]
)


def started_here(tmp_path: Path, address: str) -> None:
    """What `ray start` leaves behind."""
    file = tmp_path / "ray" / "ray_current_cluster"
    file.parent.mkdir(exist_ok=True)
    file.write_text(address)


@pytest.mark.parametrize(
    "address", ["auto", "head:6379", "10.0.0.7:6379", "ray://head.lab:10001", "[::1]:80"]
)
def test_addresses(address: str) -> None:
    assert ray_address(address) == address


@pytest.mark.parametrize(
    "address", [None, True, "", "head", "head:", "-x:1", "http://head:80", "a b:1", "h:1\n"]
)
def test_what_is_no_address_is_refused(address: Any) -> None:
    with pytest.raises(Problem) as caught:
        ray_address(address)
    assert caught.value.code == "request_invalid"


def test_a_cluster_that_does_not_answer_is_said_with_who_named_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Problem) as caught:
        find_cluster(address := closed_port())
    assert caught.value.code == "ray_unreachable"
    assert address in caught.value.message
    assert "hosts.yaml" in caught.value.fix
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(Problem) as caught:
        find_cluster("auto")
    assert "RAY_ADDRESS" in caught.value.fix
    monkeypatch.setenv("RAY_ADDRESS", "head")
    with pytest.raises(Problem) as caught:
        find_cluster("auto")
    assert "no HOST:PORT" in caught.value.message


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_what_is_no_cluster_is_said_at_once(words: bytes) -> None:
    with answering(words) as address, pytest.raises(Problem) as caught:
        find_cluster(address)
    assert caught.value.message.endswith("what is there is no cluster.")


def test_silence_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Problem) as caught:
        find_cluster(f"127.0.0.1:{silent.getsockname()[1]}")
    assert "said nothing" in caught.value.message


def test_auto_joins_what_was_started_here_if_it_lives(tmp_path: Path) -> None:
    assert find_cluster("auto") is None
    started_here(tmp_path, closed_port())
    assert find_cluster("auto") is None, "it is gone"
    with answering(GRPC) as address:
        started_here(tmp_path, address)
        assert find_cluster("auto") == address
        started_here(tmp_path, "what is this")
        assert find_cluster("auto") is None


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root can give files away")
def test_auto_never_joins_the_cluster_of_another_user(tmp_path: Path) -> None:
    with answering(GRPC) as address:
        started_here(tmp_path, address)
        assert find_cluster("auto") == address
        os.chown(tmp_path / "ray" / "ray_current_cluster", 12345, 12345)
        assert find_cluster("auto") is None


def test_a_python_without_ray_says_what_to_install_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Problem) as caught, joined("head:6379"):
        pass
    assert caught.value.code == "ray_missing"
    assert f'{sys.executable} -m pip install "ray' in caught.value.fix


def test_the_run_itself_says_that_nothing_answers(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    plan = write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, domains=1)
    asked = {"store": str(plan.store.root), "plan": plan.id, "device": "cpu", "ray": closed_port()}
    with pytest.raises(Problem) as caught:
        launch(asked)
    assert caught.value.code == "ray_unreachable"


def test_a_node_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "token").write_text("abc")
    assert RayWorker().begin(str(tmp_path), "abc") is None
    for folder, token in ((tmp_path, "abd"), (tmp_path / "elsewhere", "abc")):
        problem = RayWorker().begin(str(folder), token)
        assert problem is not None
        assert problem["code"] == "ray_folder_not_shared"
        assert str(folder) in problem["message"]


NODES = ({"CPU": 8.0, "memory": 10e9}, {"CPU": 3.0, "GPU": 2.0, "memory": 100e9}, {"memory": 1e9})


@pytest.mark.parametrize(
    ("demand", "fit"),
    [
        (Demand(1), 11),
        (Demand(4), 2),
        (Demand(2, memory=4_000_000_000), 3),
        (Demand(1, gpus=1), 2),
        (Demand(9), 0),
    ],
)
def test_workers_fit_node_by_node(demand: Demand, fit: int) -> None:
    assert demand.fit(NODES) == fit


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, repeat=40, domains=1)


def test_auto_is_what_fits_and_has_work(plan: SmallPlan) -> None:
    progress = Progress(Plan.read(plan.store, plan.id), ResultIndex(plan.store))
    cluster = Cluster(NODES, own=False)
    assert wanted_actors(None, progress, Demand(1), cluster) == len(plan.lines) // 64
    assert wanted_actors(None, progress, Demand(1, gpus=1), cluster) == 2
    assert wanted_actors(7, progress, Demand(1, gpus=1), cluster) == 7, "what was asked for may wait"
    with pytest.raises(Problem) as caught:
        wanted_actors(7, progress, Demand(2, gpus=1), Cluster(NODES[:1], own=False))
    assert caught.value.code == "ray_too_small"
    assert "2 cores and a GPU" in caught.value.message


def test_a_plan_for_a_cluster_that_does_not_run_yet_is_for_this_machine() -> None:
    assert planned_device("ray:auto") == planned_device("auto")


@pytest.mark.parametrize(("gpus", "device"), [(0.0, "elsewhere:cpu"), (2.0, "elsewhere:cuda")])
def test_a_plan_is_for_the_gpus_of_the_cluster_where_it_has_any(
    monkeypatch: pytest.MonkeyPatch, gpus: float, device: str
) -> None:
    cluster = Cluster(({"CPU": 4.0}, {"CPU": 4.0, "GPU": gpus}), own=False)
    monkeypatch.setattr(ray_run, "find_cluster", lambda address: address)
    monkeypatch.setattr(ray_run, "joined", lambda address: contextlib.nullcontext(cluster))
    assert planned_device("ray:head:6379") == planned_device(device)
