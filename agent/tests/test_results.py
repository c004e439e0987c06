from __future__ import annotations

import base64
import json
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from small_plans import index_of

from merge_lab_agent.problem import Problem
from merge_lab_agent.results import ResultIndex, ResultLine, ResultWriter, decode, read_completed, seal
from merge_lab_agent.store import Store

PLAN = "f" * 64


def hexadecimal(number: int) -> str:
    return f"{number:064x}"


def line(key: int, evaluation: int | None, nll: float | None = 12.5, attempt: int = 1) -> ResultLine:
    values = np.arange(5, dtype="<f4").tobytes() if evaluation is not None else None
    code = None if nll is not None else "merge_failed"
    name = None if evaluation is None else hexadecimal(evaluation)
    return ResultLine(hexadecimal(key), name, nll, 9, 5, values, 0.25, "cpu", 64, code, attempt)


def test_a_line_carries_its_own_checksum() -> None:
    encoded = line(1, 2).encode()
    assert encoded.endswith(b'"}\n')
    body, _, rest = encoded.rpartition(b',"crc"')
    assert rest == b':"%08x"}\n' % zlib.crc32(body)
    document = json.loads(encoded)
    assert list(document)[-1] == "crc"
    assert np.frombuffer(base64.b64decode(document["per_sample"]), "<f4").tolist() == [0, 1, 2, 3, 4]
    assert decode(encoded[:-1]) == document


def test_any_changed_byte_makes_a_line_worthless() -> None:
    encoded = line(1, 2).encode()[:-1]
    for position in range(len(encoded)):
        for bit in range(8):
            damaged = bytearray(encoded)
            damaged[position] ^= 1 << bit
            assert decode(bytes(damaged)) is None, (position, bit)
    for end in range(len(encoded)):
        assert decode(encoded[:end]) is None


def test_a_loss_that_is_not_finite_is_null_with_a_code() -> None:
    for nll in (float("nan"), float("inf"), -float("inf")):
        document = json.loads(line(1, 2, nll).encode())
        assert (document["nll"], document["code"], document["per_sample"]) == (None, "diverged", None)


def test_a_text_that_looks_like_the_end_does_not_end_a_line() -> None:
    tricky = ResultLine(
        hexadecimal(1), None, None, 0, 0, None, 0.0, "cpu", 64, "x", 1, 'it said ,"crc":"00000000"} …\n'
    )
    document = decode(tricky.encode()[:-1])
    assert document is not None
    assert document["message"] == tricky.message


def test_lines_that_contradict_themselves_are_not_believed() -> None:
    for change in ({"nll": True}, {"code": "odd"}, {"per_sample": None}, {"key": 5}, {"attempt": None}):
        document = json.loads(line(1, 2).encode()) | change
        del document["crc"]
        body = json.dumps(document, separators=(",", ":")).encode()[:-1]
        assert decode(body + b',"crc":"%08x"}' % zlib.crc32(body)) is None, change


@pytest.mark.parametrize("value", [b"[" * 100_000 + b"]" * 100_000, b"1" + b"0" * 400, b"1e999", b"NaN"])
def test_a_sealed_line_of_impossible_json_is_damage_too(value: bytes) -> None:
    body = b'{"key":"a","evaluation":"b","code":null,"attempt":1,"per_sample":"","nll":' + value
    assert decode(body + b',"crc":"%08x"}' % zlib.crc32(body)) is None


def test_all_lines_of_a_merge_are_one_write_and_one_flush(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    assert not list(store.results.iterdir()), "a writer without results leaves no file"
    writer.append([line(1, 1)])
    calls: list[str] = []
    write, flush = os.write, os.fsync
    monkeypatch.setattr("os.write", lambda *a: calls.append("write") or write(*a))
    monkeypatch.setattr("os.fsync", lambda *a: calls.append("fsync") or flush(*a))
    writer.append([line(2, domain) for domain in range(9)])
    assert calls == ["write", "fsync"]
    assert len(index_of(store).completed) == 10


def test_the_header_names_writer_plan_and_versions(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    writer.append([line(1, 1)])
    (file,) = store.results.iterdir()
    header = json.loads(file.read_text().splitlines()[0])
    assert header["writer"] == file.stem
    assert (header["format"], header["plan"]) == (1, PLAN)
    assert header["torch"].split(".")[0].isdigit()
    assert set(header) == {"format", "writer", "plan", "agent", "torch", "transformers", "crc"}


def test_after_a_failed_write_the_next_goes_to_a_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    writer.append([line(1, 1)])
    write = os.write

    def half(handle: int, content: bytes) -> int:
        write(handle, content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.write", half)
        with pytest.raises(Problem) as caught:
            writer.append([line(2, 1)])
    assert caught.value.code == "disk_full"
    writer.append([line(3, 1)])
    assert len(list(store.results.iterdir())) == 2
    assert {key for key, _ in index_of(store).completed} == {hexadecimal(1), hexadecimal(3)}


def test_each_byte_is_read_once_however_the_file_grows(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    for key in range(20):
        writer.append([line(key, domain) for domain in range(3)])
    (source,) = store.results.iterdir()
    content = source.read_bytes()
    growing = Store.open(tmp_path / "growing")
    index = ResultIndex(growing)
    file = growing.results / "w.jsonl"
    chance = random.Random(5)
    at = 0
    while at < len(content):
        step = chance.randint(1, 400)
        with file.open("ab") as opened:
            opened.write(content[at : at + step])
        at += step
        index.refresh()
    assert index.completed == index_of(store).completed
    assert len(index.completed) == 60
    assert index.damaged == 0


def test_any_cut_or_flip_costs_only_the_lines_it_touches(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    for key in range(4):
        writer.append([line(key, 1)])
    (file,) = store.results.iterdir()
    content = file.read_bytes()
    first = content.index(b"\n") + 1
    for position in range(0, len(content), 5):
        damaged = bytearray(content)
        damaged[position] ^= 0x10
        file.write_bytes(damaged)
        lost = 4 - len(index_of(store).completed)
        assert lost <= (1 if position < first else 2), position  # two where the newline between them was hit
        file.write_bytes(content[:position])
        whole = content[:position].count(b"\n") - 1
        assert len(index_of(store).completed) == max(0, whole)


def test_a_file_whose_tail_was_cut_is_read_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    writer.append([line(1, 1), line(2, 1)])
    index = index_of(store)
    (file,) = store.results.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-10])
    index.refresh()
    file.write_bytes(content + line(3, 1).encode())
    index.refresh()
    assert {key for key, _ in index.completed} == {hexadecimal(n) for n in (1, 2, 3)}


def test_failures_count_only_while_there_is_no_success(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    first, second = ResultWriter(store, PLAN), ResultWriter(store, PLAN)
    first.append([line(1, None, None, 1)])
    second.append([line(1, None, None, 2)])
    second.append([line(1, 7)])
    completed, failures = read_completed(store)
    assert completed == {(hexadecimal(1), hexadecimal(7))}
    assert failures == {hexadecimal(1): 2}
    assert len(list(store.results.iterdir())) == 2, "every writer has a file of its own"


def test_results_of_another_format_are_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    (store.results / "w.jsonl").write_bytes(seal({"format": 2, "writer": "w"}))
    with pytest.raises(Problem) as caught:
        index_of(store)
    assert caught.value.code == "store_too_new"


def test_only_keys_of_interest_are_kept(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, PLAN)
    writer.append([line(1, 1), line(2, 1)])
    index = ResultIndex(store, {hexadecimal(2)})
    index.refresh()
    assert index.completed == {(hexadecimal(2), hexadecimal(1))}
