from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_transfer import piece

from merge_lab_agent import model_files
from merge_lab_agent.model_files import place
from merge_lab_agent.problem import Problem

CONTENTS = {"config.json": b"{}", "model.safetensors": b"weights", "tokenizer.json": b"{}"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def asked(
    store: Path, folder: str | Path, contents: dict[str, bytes] = CONTENTS, **more: Any
) -> dict[str, Any]:
    files = {name: {"sha256": sha256(each), "size": len(each)} for name, each in contents.items()}
    return {"store": str(store), "models": [{"folder": str(folder), "files": files | more}]}


def send(store: Path, contents: dict[str, bytes] = CONTENTS) -> None:
    for content in contents.values():
        piece(store, content, 0, len(content))


def problem(request: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as caught:
        place(request)
    return caught.value


def arrived(store: Path) -> list[str]:
    return [file.name for file in (store / "data").iterdir() if not file.name.endswith(".lock")]


def test_a_model_is_made_once_all_of_it_arrived_and_asked_again_is_found(tmp_path: Path) -> None:
    store, folder = tmp_path / "store", tmp_path / "models" / "new" / "math"
    request = asked(store, folder)
    assert place(request) == {"lacking": sorted({sha256(each) for each in CONTENTS.values()})}
    send(store, {"config.json": b"{}"})
    assert place(request) == {"lacking": [sha256(b"weights")]}
    assert not folder.exists(), "a folder is there whole or not at all"
    send(store)
    assert place(request) == place(request) == {"lacking": []}
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == CONTENTS
    assert [folder.stat().st_mode & 0o777, folder.parent.stat().st_mode & 0o777] == [0o700, 0o700]
    assert [file.name for file in folder.parent.iterdir()] == ["math"]
    assert list((store / "data").iterdir()) == [], "the store keeps no copy"


def test_several_models_are_asked_for_at_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    other = asked(store, tmp_path / "b", {"config.json": b"{}", "model.safetensors": b"others"})
    request = asked(store, tmp_path / "a")
    request["models"] += other["models"]
    send(store)
    assert place(request) == {"lacking": [sha256(b"others")]}
    assert (tmp_path / "a" / "config.json").read_bytes() == b"{}"
    assert arrived(store) == [sha256(b"{}")], "the other one waits for it"
    send(store, {"model.safetensors": b"others"})
    send(store)
    shutil.rmtree(tmp_path / "a")
    assert place(request) == {"lacking": []}, "both take what they share"
    assert (tmp_path / "b" / "config.json").read_bytes() == b"{}"
    assert arrived(store) == []
    request["models"].append(request["models"][0])
    assert problem(request).code == "request_invalid"


def test_a_folder_that_holds_anything_else_stays_as_it_is(tmp_path: Path) -> None:
    store, folder = tmp_path / "store", tmp_path / "math"
    for held in ({"note.txt": b"mine"}, CONTENTS | {"config.json": b"[]"}):
        folder.mkdir()
        for name, content in held.items():
            (folder / name).write_bytes(content)
        assert problem(asked(store, folder)).code == "out_exists"
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == held
        shutil.rmtree(folder)
    folder.mkdir()
    send(store)
    assert place(asked(store, folder)) == {"lacking": []}, "an empty one gives way"
    assert {file.name for file in folder.iterdir()} == set(CONTENTS)


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a\0", "x" * 300, "-rf", "a b"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    request = asked(tmp_path, tmp_path / "math", **{name: {"sha256": sha256(b""), "size": 0}})
    assert problem(request).code == "request_invalid"


@pytest.mark.parametrize("folder", ["relative", "/", "/tmp/../etc", ""])
def test_other_folders_are_refused(tmp_path: Path, folder: str) -> None:
    assert problem(asked(tmp_path, folder)).code == "request_invalid"


def test_what_is_no_content_is_refused(tmp_path: Path) -> None:
    for wrong, code in (
        ({"sha256": "../x", "size": 1}, "file_id_invalid"),
        ({"sha256": sha256(b""), "size": -1}, "request_invalid"),
        ({"size": 1}, "request_invalid"),
        (None, "request_invalid"),
    ):
        assert problem(asked(tmp_path, tmp_path / "math", config=wrong)).code == code


def test_the_disk_is_looked_at_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(8_000_000_000))
    store, file = tmp_path / "store", {"sha256": sha256(b"large"), "size": 9_000_000_000}
    full = problem(asked(store, tmp_path / "math", large=file))
    assert full.code == "disk_too_small"
    assert "9.0 GB" in full.message and "8.0 GB" in full.message
    file["size"] = 7_000_000_000
    assert sha256(b"large") in place(asked(store, tmp_path / "math", large=file))["lacking"]


def test_a_disk_that_cannot_link_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(model_files.os, "link", refuse)
    store, folder = tmp_path / "store", tmp_path / "math"
    send(store)
    (tmp_path / ".math.part").mkdir()
    (tmp_path / ".math.part" / "left").write_bytes(b"of an earlier try")
    assert place(asked(store, folder)) == {"lacking": []}
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == CONTENTS
    assert arrived(store) == []


def test_where_nothing_can_be_written_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert problem(asked(tmp_path / "store", tmp_path / "file" / "math")).code == "store_not_writable"
