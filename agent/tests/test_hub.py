"""Sources: folders, the local cache, downloads from a hub on loopback; and what each failure is called."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_hub import COMMIT, FakeHub
from huggingface_hub import constants

from merge_lab_agent.hub import is_folder, resolve
from merge_lab_agent.problem import Problem

PROGRAM = """
import json, sys
from pathlib import Path
from merge_lab_agent.hub import resolve
from merge_lab_agent.problem import Problem
try:
    found = resolve(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps({"path": str(found.path), "source": found.source}))
except Problem as problem:
    print(json.dumps(problem.to_json()))
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    return folder


def put_in_cache(cache: Path, model: Path, name: str, commit: str, reference: str | None = "main") -> Path:
    """A model laid out as the hub's client keeps it, with links into `blobs`."""
    home = cache / f"models--{name.replace('/', '--')}"
    snapshot = home / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (home / "blobs").mkdir(exist_ok=True)
    for file in model.iterdir():
        blob = home / "blobs" / f"{commit}-{file.name}"
        shutil.copy(file, blob)
        (snapshot / file.name).symlink_to(os.path.relpath(blob, snapshot))
    if reference:
        (home / "refs").mkdir(exist_ok=True)
        (home / "refs" / reference).write_text(commit)
    return snapshot


def code_of(source: str, root: Path) -> str:
    with pytest.raises(Problem) as caught:
        resolve(source, root)
    assert caught.value.fix
    return caught.value.code


def test_folders_are_relative_to_the_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    root, model = tmp_path / "experiment", tmp_path / "models" / "a"
    root.mkdir()
    model.mkdir(parents=True)
    for source in ("../models/a", "~/models/a", str(model), "./../models/a/"):
        assert resolve(source, root).path == model.resolve()
        assert resolve(source, root).source == source
    assert code_of("./nowhere", root) == "model_missing"


def test_a_misspelt_folder_is_guessed_from_its_neighbours(tmp_path: Path) -> None:
    for name in ("physics", "chemistry"):
        (tmp_path / "models" / name).mkdir(parents=True)
    (tmp_path / "models" / "phisics.txt").write_text("a file is no model")

    def fix(source: str) -> str:
        with pytest.raises(Problem) as caught:
            resolve(source, tmp_path)
        assert caught.value.code == "model_missing"
        return caught.value.fix

    assert fix("./models/phisics").startswith("Did you mean physics? Correct the path")
    assert fix("./models/zzz").startswith("Correct the path")
    assert fix("./nowhere/physics").startswith("Correct the path")


def test_a_folder_without_dots_is_explained(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with pytest.raises(Problem) as caught:
        resolve("models", tmp_path)
    assert caught.value.code == "source_invalid"
    assert "./models" in caught.value.fix


@pytest.mark.parametrize(
    "source", ["", "a/b/c", "org/na me", "org/..", "../x/..@m", "a@", "-rf", "a@--x", "a\0b", "é/x"]
)
def test_what_is_no_name(tmp_path: Path, source: str) -> None:
    assert code_of(source, tmp_path) in ("source_invalid", "model_missing")


def test_what_counts_as_a_folder() -> None:
    assert all(map(is_folder, ("./a", "../a", "/a", "~/a", "~", ".", "C:\\models", "D:/models", ".\\a")))
    assert not any(map(is_folder, ("org/name", "gpt2", "org/name@main", "~user/x")))


def test_the_cache_is_asked_first_and_pins_the_commit(cache: Path, tiny_base: Path, tmp_path: Path) -> None:
    snapshot = put_in_cache(cache, tiny_base, "org/model", "a" * 40)
    put_in_cache(cache, tiny_base, "org/model", "b" * 40, "v2")
    found = resolve("org/model", tmp_path)
    assert found.path == snapshot
    assert found.source == f"org/model@{'a' * 40}"
    assert found.files == [cache / "models--org--model" / "refs" / "main"], "a branch may move"
    assert resolve("org/model@v2", tmp_path).source == f"org/model@{'b' * 40}"
    pinned = resolve(f"org/model@{'b' * 40}", tmp_path)
    assert pinned.source == f"org/model@{'b' * 40}"
    assert pinned.files == [], "a commit never moves"


def test_without_a_network(cache: Path, tiny_base: Path, tmp_path: Path) -> None:
    assert code_of("org/model", tmp_path) == "hub_offline"
    snapshot = put_in_cache(cache, tiny_base, "org/model", "a" * 40)
    assert code_of("org/model@other", tmp_path) == "hub_offline"
    (snapshot / "model.safetensors").unlink()
    assert code_of("org/model", tmp_path) == "hub_offline", "an interrupted download is not complete"


def test_a_cached_pickle_is_refused(cache: Path, tiny_base: Path, tmp_path: Path) -> None:
    snapshot = put_in_cache(cache, tiny_base, "org/model", "a" * 40)
    (snapshot / "model.safetensors").rename(snapshot / "pytorch_model.bin")
    assert code_of("org/model", tmp_path) == "pickle_refused"


def ask(hub: FakeHub, source: str, home: Path) -> dict[str, str]:
    """Resolve in a process of its own: the hub's client reads its settings when it is imported."""
    environment = os.environ | {"HF_ENDPOINT": hub.address, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0"}
    environment |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, source, str(home)],
        env=environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def served(tmp_path: Path, tiny_base: Path) -> Path:
    """A repository with everything a careless owner leaves in it."""
    folder = Path(shutil.copytree(tiny_base, tmp_path / "served"))
    for name in (
        "pytorch_model.bin",
        "optimizer.pt",
        "README.md",
        "model-00001-of-00002.safetensors",
        "run.py",
    ):
        (folder / name).write_bytes(b"x")
    (folder / "original").mkdir()
    (folder / "original" / "consolidated.safetensors").write_bytes(b"x")
    return folder


def test_a_download_takes_only_what_is_safe_and_needed(served: Path, tmp_path: Path) -> None:
    with FakeHub(served) as hub:
        found = ask(hub, "org/model", tmp_path / "home")
        assert found["source"] == f"org/model@{COMMIT}", found
        files = {file.name for file in Path(found["path"]).iterdir()}
        assert files == set(hub.asked)
        assert files == {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"} | {
            "tokenizer_config.json",
            "chat_template.jinja",
        }
        hub.asked.clear()
        assert ask(hub, f"org/model@{COMMIT}", tmp_path / "home")["path"] == found["path"]
        assert hub.asked == [], "the cache answers the second time"


def test_what_the_hub_refuses_has_a_name(served: Path, tmp_path: Path) -> None:
    with FakeHub(served) as hub:
        home = tmp_path / "home"
        assert ask(hub, "org/nothing", home)["code"] == "hub_not_found"
        assert ask(hub, "org/model@nothing", home)["code"] == "hub_not_found"
        assert ask(hub, "org/gated", home)["code"] == "hub_access"
        (served / "model.safetensors").unlink()
        (served / "model-00001-of-00002.safetensors").unlink()
        assert ask(hub, "org/model", home)["code"] == "pickle_refused"
        assert hub.asked == [], "nothing was downloaded"


def test_a_hub_that_is_down(tmp_path: Path, served: Path) -> None:
    with FakeHub(served) as hub:
        pass
    assert ask(hub, "org/model", tmp_path / "home")["code"] == "hub_offline"
