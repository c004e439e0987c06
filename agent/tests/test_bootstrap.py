from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from merge_lab_agent import bootstrap

PROGRAM = Path(bootstrap.__file__).read_bytes()
# As a client starts it: the program comes after its length, its input behind it.
READ = 'import sys; f = sys.stdin.buffer; eval(compile(f.read(int(f.readline())), "bootstrap.py", "exec"))'
VERSION = {"agent": "0.1.0-abc", "environment": "def"}


class Host:
    """The program as a client speaks to it."""

    def __init__(self, home: Path, program: bytes = PROGRAM) -> None:
        self.home = home
        home.mkdir()
        environment = os.environ | {"HOME": str(home)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", READ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd="/",
        )
        self.progress: list[str] = []
        self.send(str(len(program)).encode() + b"\n" + program)

    def send(self, content: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def call(self, name: str, **params: Any) -> dict[str, Any]:
        """The answer, or the problem under `error`."""
        request = {"call": name, "directory": "~/.merge-lab", "models": "~/models"} | VERSION | params
        self.send(json.dumps(request).encode() + b"\n")
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(bootstrap.MARK.encode()):
                message = json.loads(line[len(bootstrap.MARK) :])
                if "answer" in message:
                    return dict(message["answer"])
                if "error" in message:
                    return dict(message)
                self.progress.append(str(message.get("progress")))
        raise AssertionError("it ended without an answer")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / "a ho'me")
    yield host
    host.process.kill()
    host.process.wait()


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_look_finds_what_is_there_and_leaves_nothing(host: Host) -> None:
    facts = host.call("look")
    assert facts["directory"] == str(host.home / ".merge-lab")
    assert facts["version"] == sys.version.split()[0]
    assert (facts["source"], facts["environment"]) == (None, None)
    assert facts["torch"] is not None, "this Python has it"
    assert not facts["noexec"]
    assert host.call("look", directory="~/deep/below")["free_bytes"] > 0
    assert list(host.home.iterdir()) == []


def test_a_look_bears_another_client_that_sets_the_host_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "p" / "host"
    request = {"directory": str(directory), "models": "/models"} | VERSION
    files = {"merge_lab_agent/__init__.py": ""}

    def meanwhile() -> list[str]:
        bootstrap.place(request | {"files": files})
        return []

    monkeypatch.setattr(bootstrap, "gpus", meanwhile)
    bootstrap.look(request)
    assert (directory / "agent" / VERSION["agent"] / "merge_lab_agent" / "__init__.py").exists()
    looks = iter([False])  # the other makes it after this one looked
    monkeypatch.setattr(Path, "is_dir", lambda _: next(looks, True))
    bootstrap.private(directory)


def test_a_look_says_what_sinfo_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.slurm() == {"partitions": [], "sinfo": None}
    sinfo = tmp_path / "sinfo"
    sinfo.write_text("#!/bin/sh\necho 'sinfo: error: no' >&2\necho ' fatal: more' >&2\nexit 1\n")
    sinfo.chmod(0o755)
    assert bootstrap.slurm() == {"partitions": [], "sinfo": "sinfo: error: no; fatal: more"}
    sinfo.write_text("#!/bin/sh\necho 'gpu is up: 3 idle'\n")
    assert bootstrap.slurm() == {"partitions": ["gpu is up: 3 idle"], "sinfo": ""}


def test_a_look_finds_ray_in_the_environment(tmp_path: Path) -> None:
    assert bootstrap.ray_in(tmp_path) is None
    (tmp_path / "lib" / "python3.12" / "site-packages" / "ray-2.52.1.dist-info").mkdir(parents=True)
    assert bootstrap.ray_in(tmp_path) == "2.52.1"


def test_sources_are_placed_once_for_their_owner_alone(host: Host) -> None:
    files = {"pyproject.toml": "", "merge_lab_agent/__init__.py": "one = 'ü'"}
    placed = host.call("place", files=files)
    source = Path(placed["source"])
    assert source == host.home / ".merge-lab" / "agent" / VERSION["agent"]
    assert (source / "merge_lab_agent" / "__init__.py").read_text(encoding="utf-8") == "one = 'ü'"
    assert mode(host.home / ".merge-lab") == mode(host.home / ".merge-lab" / "store") == 0o700
    before = (source / "merge_lab_agent" / "__init__.py").stat()
    assert host.call("place", files=files) == placed
    assert (source / "merge_lab_agent" / "__init__.py").stat() == before
    other = host.call("place", files=files, agent="0.2.0-xyz")
    assert Path(other["source"]).parent == source.parent, "two versions share a host"
    assert host.call("look")["source"] == str(source)


@pytest.mark.parametrize("damage", ["two = 2", None])
def test_sources_that_are_damaged_are_placed_again(host: Host, damage: str | None) -> None:
    files = {"merge_lab_agent/__init__.py": "one = 1", "merge_lab_agent/more.py": ""}
    source = Path(host.call("place", files=files)["source"])
    damaged = source / "merge_lab_agent" / "__init__.py"
    damaged.unlink()
    if damage is not None:
        damaged.write_text(damage)
    assert host.call("place", files=files) == {"source": str(source)}
    assert damaged.read_text() == "one = 1"
    assert [folder.name for folder in source.parent.iterdir()] == [source.name], "nothing is left lying"


def test_a_full_disk_is_named_and_nothing_half_is_taken(host: Host, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root on Linux")
    try:
        files = {"merge_lab_agent/__init__.py": "x" * 100_000}
        problem = host.call("place", directory=str(small), files=files)["error"]
        assert problem["code"] == "host_disk_full"
        assert not (small / "agent" / VERSION["agent"]).exists()
        placed = host.call("place", directory=str(small), files={"merge_lab_agent/__init__.py": ""})
        assert (Path(placed["source"]) / "merge_lab_agent" / "__init__.py").exists()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.parametrize("name", ["../x.py", "/etc/x.py", "a/../../x.py"])
def test_no_file_is_placed_elsewhere(host: Host, name: str) -> None:
    assert host.call("place", files={name: ""})["error"]["code"] == "host_path_invalid"
    assert not (host.home / ".merge-lab" / "agent" / "x.py").exists()


@pytest.mark.slow
def test_an_environment_is_used_only_once_it_is_complete(host: Host) -> None:
    folder = host.home / ".merge-lab" / "environments" / VERSION["environment"]
    wrong = host.call("environment", torch="", requirements=["./there-is-no-such-package"])
    assert wrong["error"]["code"] == "pip_failed", wrong
    assert "there-is-no-such-package" in wrong["error"]["message"]
    assert host.call("look")["environment"] is None
    made = host.call("environment", torch="", requirements=[])
    assert made["python"] == str(folder / "bin" / "python")
    assert subprocess.run([made["python"], "-c", "import pip"], check=False).returncode == 0
    assert mode(folder.parent) == 0o700
    assert host.call("look")["environment"] == made["python"]
    host.progress.clear()
    assert host.call("environment", torch="", requirements=[]) == made
    assert host.progress == [], "what is complete is not made again"
    assert host.call("install", python=made["python"], requirements=[str(small_wheel(host.home))]) == {}
    asked = [made["python"], "-c", "import small; print(small.ONE)"]
    assert subprocess.run(asked, check=False, capture_output=True, text=True).stdout == "1\n"


def small_wheel(folder: Path) -> Path:
    """A package that pip installs without a network."""
    wheel = folder / "small-1.0-py3-none-any.whl"
    about = "small-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("small.py", "ONE = 1\n")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return wheel


def test_nothing_is_installed_into_a_python_that_was_not_made_there(host: Host) -> None:
    for python in (sys.executable, "~/.merge-lab/environments/def/../../bin/python"):
        refused = host.call("install", python=python, requirements=["no-such-package"])
        assert refused["error"]["code"] == "host_path_invalid"


def test_it_gives_signs_of_life_while_nothing_is_told(tmp_path: Path) -> None:
    host = Host(tmp_path / "home", PROGRAM.replace(b"BEAT_SECONDS = 30.0", b"BEAT_SECONDS = 0.01"))
    assert host.process.stdout is not None
    try:
        assert any(b'"alive": true' in line for line in host.process.stdout)
    finally:
        host.process.kill()
        host.process.wait()


def test_it_ends_with_its_input_and_what_it_started_too(host: Host) -> None:
    host.call("look")
    assert host.process.stdin is not None
    host.process.stdin.close()
    assert host.process.wait(20) == 0


def test_what_outlives_its_set_up_keeps_others_out(tmp_path: Path) -> None:
    pip = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(60)"
    code = (
        "import sys; from pathlib import Path; from merge_lab_agent import bootstrap as b\n"
        f"with b.alone(Path(sys.argv[1])): b.run([sys.executable, '-c', {pip!r}], 'pip_failed', 'x')"
    )
    set_up = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert set_up.stdout is not None
    said = next(line for line in set_up.stdout if line.startswith(bootstrap.MARK.encode()))
    pid = int(json.loads(said[len(bootstrap.MARK) :])["detail"])
    set_up.kill()
    set_up.wait()
    with (tmp_path / ".set-up.lock").open("w") as lock:
        with pytest.raises(OSError, match="unavailable"):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(pid, signal.SIGKILL)
        fcntl.flock(lock, fcntl.LOCK_EX)


def test_a_folder_that_cannot_be_written_is_named(host: Host) -> None:
    problem = host.call("look", directory="/proc/none")["error"]
    assert problem["code"] == "host_not_writable"
    assert "/proc/none" in problem["message"]
    for path in ("relative", "~there-is-no-such-user/x"):
        problem = host.call("look", directory=path)["error"]
        assert problem["code"] == "host_path_invalid"
        assert path in problem["message"]


def test_what_runs_with_workers_on_other_machines_need_stays(host: Host) -> None:
    ours = host.home / ".merge-lab"
    for name in ("0.0.7-old", "0.0.8-old", "0.0.9-old"):
        (ours / "agent" / name).mkdir(parents=True)
    run = ours / "store" / "runs" / "20260101T000000-a"
    (run / "status").mkdir(parents=True)

    def say(state: str, worker: str = "supervisor", node: str = "node-7") -> None:
        (run / "status" / f"{worker}.json").write_text(json.dumps({"state": state, "host": node}))

    def kept() -> list[str]:
        return [each["name"] for each in host.call("leftovers")["leftovers"] if each["in_use"]]

    say("running", node=platform.node())
    assert kept() == [], "processes here are looked at themselves"
    say("queued")
    assert len(kept()) == 3, "it does not say which it needs"
    (run / "events.jsonl").write_text(json.dumps({"source": str(ours / "agent" / "0.0.8-old")}) + "\n{torn")
    assert kept() == ["agent/0.0.8-old"]
    host.call("remove", names=["agent/0.0.7-old", "agent/0.0.8-old"])
    assert sorted(folder.name for folder in (ours / "agent").iterdir()) == ["0.0.8-old", "0.0.9-old"]
    say("stopped", "slurm-1-0")
    assert kept() == ["agent/0.0.8-old"]
    say("done")
    assert kept() == []
    say("queued", node=platform.node())
    (run / "slurm").mkdir()
    (run / "slurm" / "request.json").write_text("{}")
    assert kept() == ["agent/0.0.8-old"], "its jobs are elsewhere, wherever who sees to them is"


def test_what_no_version_needs_is_listed_and_removed(host: Host) -> None:
    ours = host.home / ".merge-lab"
    for name in ("agent/0.1.0-abc", "agent/0.0.9-old", "agent/.0.0.8-old.new", "environments/gone", "store"):
        folder = ours / name / "some"
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"x" * 1000)
    # As the agent runs from its sources.
    environment = os.environ | {"PYTHONPATH": str(ours / "agent" / "0.0.9-old")}
    running = subprocess.Popen(["sleep", "60"], env=environment)
    try:
        found = host.call("leftovers")
        assert found["store_bytes"] == 1000
        assert [(each["name"], each["bytes"], each["in_use"]) for each in found["leftovers"]] == [
            ("agent/.0.0.8-old.new", 1000, False),
            ("agent/0.0.9-old", 1000, True),
            ("environments/gone", 1000, False),
        ]
        names = [each["name"] for each in found["leftovers"]]
        removed = host.call("remove", names=names)
        assert removed == {"removed": ["agent/.0.0.8-old.new", "environments/gone"], "freed_bytes": 2000}
    finally:
        running.kill()
        running.wait()
    assert host.call("remove", names=names)["removed"] == ["agent/0.0.9-old"]
    assert host.call("leftovers")["leftovers"] == []
    assert (ours / "store" / "some" / "file").exists()


def test_what_no_client_brought_to_its_end_is_listed_and_removed_after_a_day(tmp_path: Path) -> None:
    store = tmp_path / "store"
    merged, header = store / "merged", (2).to_bytes(8, "little") + b"{}"
    files = {
        merged / "aa" / "model.safetensors": b"x" * 1000,
        merged / "bb" / "model.safetensors": b"x" * 1000,
        store / "data" / ".c.part": b"x" * 100,
        store / "data" / ".c.part.lock": b"",
        store / "data" / "d": header,
        store / "data" / "e": b'{"text": "evaluation data"}',
        store / "results" / "f.jsonl": b"x" * 7,
    }
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for path in (*files, merged / "aa", merged / "bb"):
        if path != merged / "bb":  # it is being fetched: what gives pieces of it touches it
            os.utime(path, (1, 1))
    asked = {"directory": str(tmp_path)} | VERSION
    found = bootstrap.leftovers(asked)
    assert [(each["name"], each["bytes"], each["in_use"]) for each in found["leftovers"]] == [
        ("store/data/.c.part", 100, False),
        ("store/data/d", 10, False),
        ("store/merged/aa", 1000, False),
        ("store/merged/bb", 1000, True),
    ]
    assert found["store_bytes"] == 7 + len(files[store / "data" / "e"])
    names = [each["name"] for each in found["leftovers"]]
    removed = bootstrap.remove(asked | {"names": [*names, "store/data/e"]})
    assert removed == {"removed": names[:3], "freed_bytes": 1110}
    assert sorted(path.name for path in (store / "data").iterdir()) == ["e"]
    assert (merged / "bb" / "model.safetensors").exists()


@pytest.mark.parametrize(
    "name",
    ["store", "agent", "agent/../store", "/etc/passwd", "store/results", "agent/a/b", "store/results/x"],
)
def test_nothing_else_is_removed(host: Host, name: str) -> None:
    (host.home / ".merge-lab" / "store" / "results").mkdir(parents=True)
    assert host.call("remove", names=[name])["error"]["code"] == "host_path_invalid"
    assert (host.home / ".merge-lab" / "store" / "results").is_dir()
