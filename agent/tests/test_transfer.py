from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from merge_lab_agent import STORE_FORMAT, __version__
from merge_lab_agent.files_read import FilesRead
from merge_lab_agent.kept_answer import kept_answer
from merge_lab_agent.prepare_request import request_digest
from merge_lab_agent.problem import Problem
from merge_lab_agent.store import Store
from merge_lab_agent.transfer import LARGEST_PIECE, discard, files, get, put


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
    few = get(asked | {"offset": LARGEST_PIECE, "most": 2})
    assert (base64.b64decode(few["data"]), few["size"]) == (b"en", len(content))


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


def test_a_merged_model_is_listed_and_discarded_and_nothing_else_is(tmp_path: Path) -> None:
    folder = f"merged/{'a' * 32}"
    asked = {"store": str(tmp_path), "folder": folder}
    assert files(asked) == {"files": {}}
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "config.json").write_text("{}")
    assert files(asked) == {"files": {"config.json": 2}}
    assert discard(asked) == discard(asked) == {}
    assert not (tmp_path / folder).exists()
    for other in ("results", "merged", f"{folder}/..", "merged/../results"):
        with pytest.raises(Problem):
            discard(asked | {"folder": other})


def test_a_kept_answer_serves_until_a_file_changes(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    model = tmp_path / "model"
    model.write_text("weights")
    request = {"store": str(store.root), "models": []}
    read = FilesRead()
    read.add(model)
    answer: dict[str, Any] = {"models": {}, "evaluations": {}, "problems": []}
    document = {
        "format": STORE_FORMAT,
        "agent": __version__,
        "request": request,
        "files": read.to_json(),
        "answer": answer,
    }
    file = store.root / "prepared" / f"{request_digest(request)}.json"
    assert kept_answer(request) is None
    file.write_text(json.dumps(document))
    assert kept_answer(request) == answer
    assert kept_answer(request | {"models": [1]}) is None
    model.write_text("other weights")
    assert kept_answer(request) is None
    file.write_text("{")
    assert kept_answer(request) is None
