from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from merge_lab_agent.problem import Problem
from merge_lab_agent.store import Store
from merge_lab_agent.transfer import LARGEST_PIECE, get, put


def piece(store: Path, content: bytes, begin: int, end: int, **more: Any) -> dict[str, Any]:
    data = base64.b64encode(content[begin:end]).decode()
    digest = hashlib.sha256(content).hexdigest()
    whole = {"store": str(store), "kind": "data", "sha256": digest, "size": len(content)}
    return put(whole | {"offset": begin, "data": data} | more)


def test_a_file_sent_in_pieces_goes_on_after_a_cut(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40
    assert piece(tmp_path, content, 0, 4000)["have"] == 4000
    assert piece(tmp_path, content, 0, 0)["have"] == 4000, "an empty piece asks how much is there"
    assert piece(tmp_path, content, 0, 4000)["have"] == 4000, "what is there is not taken twice"
    assert piece(tmp_path, content, 5000, 6000)["have"] == 4000, "a gap is not taken"
    answer = piece(tmp_path, content, 4000, len(content))
    assert answer["have"] == len(content)
    assert Path(answer["path"]).read_bytes() == content
    assert [file.name for file in (tmp_path / "data").iterdir()] == [hashlib.sha256(content).hexdigest()]
    assert piece(tmp_path, content, 0, 0) == answer, "what is whole is not asked for again"


def test_a_plan_takes_its_place_and_an_empty_file_is_whole(tmp_path: Path) -> None:
    content = b'{"format":1}\n'
    answer = piece(tmp_path, content, 0, len(content), kind="plan")
    assert Path(answer["path"]) == Store.at(tmp_path).plan(hashlib.sha256(content).hexdigest())
    empty = piece(tmp_path, b"", 0, 0)
    assert Path(empty["path"]).read_bytes() == b""


def test_damage_on_the_way_is_refused_and_begins_anew(tmp_path: Path) -> None:
    content = b"the content"
    digest = hashlib.sha256(b"another").hexdigest()
    with pytest.raises(Problem) as caught:
        piece(tmp_path, content, 0, len(content), sha256=digest)
    assert caught.value.code == "transfer_damaged"
    assert not (tmp_path / "data" / digest).exists()
    assert piece(tmp_path, content, 0, 0, sha256=digest)["have"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "model"},
        {"sha256": "../../etc/passwd"},
        {"offset": -1},
        {"offset": True},
        {"size": 2},
        {"data": "%"},
        {"data": None},
        {"data": base64.b64encode(bytes(LARGEST_PIECE + 1)).decode(), "size": LARGEST_PIECE * 2},
    ],
)
def test_a_piece_that_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        piece(tmp_path, b"content", 0, 7, **wrong)
    assert not (tmp_path / "data").exists() or not any((tmp_path / "data").iterdir())


def test_files_of_the_store_come_down_in_pieces(tmp_path: Path) -> None:
    content = bytes(LARGEST_PIECE) + b"end"
    (tmp_path / "merged").mkdir()
    (tmp_path / "merged" / "model").write_bytes(content)
    asked = {"store": str(tmp_path), "path": "merged/model"}
    first = get(asked | {"offset": 0})
    rest = get(asked | {"offset": LARGEST_PIECE})
    assert base64.b64decode(first["data"]) + base64.b64decode(rest["data"]) == content
    assert first["size"] == rest["size"] == len(content)
    assert get(asked | {"offset": len(content)})["data"] == ""


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../x", "path_outside_store"),
        ("/etc/passwd", "path_outside_store"),
        ("none", "file_missing"),
        ("plans", "file_unreadable"),
    ],
)
def test_other_files_do_not_come_down(tmp_path: Path, path: str, code: str) -> None:
    Store.open(tmp_path)
    with pytest.raises(Problem) as caught:
        get({"store": str(tmp_path), "path": path, "offset": 0})
    assert caught.value.code == code
