from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from small_plans import AVERAGE, plan_line, save_plan, write_evaluation

from merge_lab_agent.evaluation import EvaluationSet, Sample, evaluation_id
from merge_lab_agent.plan import Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.results import ResultLine, ResultWriter
from merge_lab_agent.store import Store, check_format, compact_json, write_atomically

KEY = "0" * 64
MODEL = {"fingerprint": "a" * 64, "path": "/models/base", "source": "./base", "kind": "checkpoint"}


def header(store: Store) -> dict[str, object]:
    return {
        "format": 1,
        "scorer": 1,
        "pool": ["b", "a"],
        "sizes": {"S": {"base": MODEL, "experts": {"a": MODEL, "b": MODEL}, "parameters": 10}},
        "methods": [AVERAGE],
        "embeddings": "exact",
        "evaluations": {"math": write_evaluation(store, "math", 1)},
        "dtype": "float32",
        "batch_tokens": 64,
        "references": {"released": MODEL},
    }


def problem_code(store: Store, plan: str) -> str:
    with pytest.raises(Problem) as caught:
        Plan.read(store, plan)
    assert caught.value.fix
    return caught.value.code


def test_a_store_is_made_with_its_folders_and_kept_out_of_git(tmp_path: Path) -> None:
    store = Store.open(tmp_path / ".mergelab" / "local")
    assert (tmp_path / ".mergelab" / ".gitignore").read_text() == "*\n"
    assert {folder.name for folder in store.root.iterdir()} == {
        "plans",
        "evaluations",
        "prepared",
        "geometry",
        "downstream",
        "claims",
        "results",
        "runs",
    }
    (tmp_path / ".mergelab" / ".gitignore").write_text("mine")
    Store.open(store.root)
    assert (tmp_path / ".mergelab" / ".gitignore").read_text() == "mine"


def test_a_host_store_gets_no_gitignore(tmp_path: Path) -> None:
    Store.open(tmp_path / "merge-lab" / "store")
    assert not (tmp_path / "merge-lab" / ".gitignore").exists()


def test_where_a_store_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Problem) as caught:
        Store.open(tmp_path / "file" / "store")
    assert caught.value.code == "store_not_writable"
    with pytest.raises(Problem) as caught:
        Store.open("relative/store")
    assert caught.value.code == "store_path_relative"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, ""])
def test_ids_that_are_no_digests_never_become_paths(tmp_path: Path, name: str) -> None:
    store = Store.open(tmp_path)
    for use in (store.plan, store.evaluation, store.claims):
        with pytest.raises(Problem):
            use(name)


@pytest.mark.parametrize("name", ["../x", "..", ".hidden", "a/b", "", "a" * 101])
def test_run_names_stay_inside_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem) as caught:
        Store.open(tmp_path).run(name)
    assert caught.value.code == "run_unknown"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"format": 2}, "store_too_new"),
        ({"format": 0}, "store_too_old"),
        ({"format": "1"}, "store_format_missing"),
        ({"format": True}, "store_format_missing"),
        ({}, "store_format_missing"),
        ([], "store_format_missing"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, document: object, code: str) -> None:
    with pytest.raises(Problem) as caught:
        check_format(document, tmp_path / "x.json")
    assert caught.value.code == code


def test_a_failed_replacement_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "status.json"
    write_atomically(file, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem) as caught:
        write_atomically(file, b"new")
    assert caught.value.code == "disk_full"
    assert file.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["status.json"]


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can only be mounted by root on Linux")
    store = Store.open(small)
    writer = ResultWriter(store, KEY)
    try:
        line = ResultLine(KEY, KEY, 1.5, 3, 2, b"\0" * 4000, 0.1, "cpu", 64, None, 1)
        written = 0
        with pytest.raises(Problem) as caught:
            for _ in range(100):
                writer.append([line])
                written += 1
        assert caught.value.code == "disk_full"
        assert 0 < written < 20
        content = b"".join(file.read_bytes() for file in store.results.iterdir())
        assert content.count(line.encode()) == written
        # With space again the same writer goes on, in a file of its own.
        (file,) = store.results.iterdir()
        file.unlink()
        writer.append([line])
        assert [f.read_bytes().count(line.encode()) for f in store.results.iterdir()] == [1]
    finally:
        writer.close()
        subprocess.run(["umount", str(small)], check=True)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    lines = [
        plan_line(None, [], None),
        plan_line(0, ["a", "b"], None) | {"retry": 2},
        plan_line(None, [], None, 1) | {"reference": "released"},
    ]
    made = save_plan(store, header(store), lines)
    plan = Plan.read(store, made.id)
    base, merge, reference = plan.merges
    assert (base.method, base.subset, base.attempts_allowed) == (None, (), 2)
    assert merge.subset == ("b", "a"), "the order is the pool's"
    assert (merge.method, merge.attempts_allowed) == (AVERAGE, 6)
    assert reference.reference == "released"
    assert plan.sizes["S"].parameters == 10


def test_every_damage_of_a_plan_is_found(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    made = save_plan(store, header(store), [plan_line(None, [], None)])
    file = store.plan(made.id)
    content = file.read_bytes()
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 1
        file.write_bytes(damaged)
        assert problem_code(store, made.id) == "plan_damaged"
    for end in range(0, len(content), 13):
        file.write_bytes(content[:end])
        assert problem_code(store, made.id) == "plan_damaged"
    file.unlink()
    assert problem_code(store, made.id) == "plan_missing"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 2}, "store_too_new"),
        ({"format": 0}, "store_too_old"),
        ({"scorer": 2}, "scorer_unknown"),
        ({"sizes": {}}, "plan_invalid"),
        ({"evaluations": {"math": "short"}}, "plan_invalid"),
        ({"dtype": "int8"}, "plan_invalid"),
        ({"batch_tokens": 0}, "plan_invalid"),
        ({"methods": [{"method": "magic", "compatibility": "none"}]}, "plan_invalid"),
        ({"embeddings": None}, "plan_invalid"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(
    tmp_path: Path, change: dict[str, object], code: str
) -> None:
    store = Store.open(tmp_path)
    made = save_plan(store, header(store) | change, [plan_line(None, [], None)])
    assert problem_code(store, made.id) == code


@pytest.mark.parametrize(
    "change",
    [
        {"key": "short"},
        {"size": "XL"},
        {"method": 1},
        {"method": -1},
        {"method": True},
        {"subset": ["a", "a"]},
        {"subset": ["zeta"]},
        {"method": None, "subset": ["a", "b"]},
        {"method": 0, "subset": []},
        {"seed": 0.5},
        {"reference": "unknown"},
        {"retry": -1},
        {"weights": [1.0]},
        {"method": None, "weights": []},
        {"method": None, "weights": ["1"]},
        {"method": None, "weights": [True]},
        {"method": None, "subset": [], "weights": []},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    store = Store.open(tmp_path)
    made = save_plan(store, header(store), [plan_line(0, ["a"], None) | change])
    assert problem_code(store, made.id) == "plan_invalid"


def test_a_random_method_needs_its_seed(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    dare = {"method": "dare", "drop_rate": 0.2, "compatibility": "none"}
    made = save_plan(store, header(store) | {"methods": [dare]}, [plan_line(0, ["a"], None)])
    assert problem_code(store, made.id) == "plan_invalid"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"[]\n", b"null\n", b"{}\n", b"\xff\xfe\n", b"{", b"[" * 9999]
)
def test_bytes_that_are_no_plan_are_refused_although_their_hash_is_right(
    tmp_path: Path, content: bytes
) -> None:
    store = Store.open(tmp_path)
    name = hashlib.sha256(content).hexdigest()
    store.plan(name).write_bytes(content)
    assert problem_code(store, name) in ("plan_invalid", "store_format_missing")


def test_every_damage_of_an_evaluation_set_is_found(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    name = write_evaluation(store, "math", 3)
    file = store.evaluation(name)
    content = file.read_bytes()
    begin, end = content.index(b'"samples"'), content.index(b'"scored_tokens"')
    sound = EvaluationSet.read(store, name)
    for position in range(begin, end, 3):
        damaged = bytearray(content)
        damaged[position] ^= 2
        file.write_bytes(damaged)
        try:
            found = EvaluationSet.read(store, name)
        except Problem:
            continue
        # What is not scored (a sample's place in the data file, its bytes) does not decide the loss.
        assert [(s.tokens, s.scored) for s in found.samples] == [(s.tokens, s.scored) for s in sound.samples]
    for cut in range(0, len(content) - 1, 11):
        file.write_bytes(content[:cut])
        with pytest.raises(Problem):
            EvaluationSet.read(store, name)


@pytest.mark.parametrize(
    ("tokens", "scored"),
    [([1, 2], [0]), ([1, 2], [2]), ([1, 2, 3], [2, 1]), ([-1, 2], [1]), ([1.0, 2], [1]), ([1, 2], [])],
)
def test_scored_positions_are_checked_although_their_hash_is_right(
    tmp_path: Path, tokens: list[int], scored: list[int]
) -> None:
    samples = [Sample(0, tokens, scored, 1, False)]
    made = EvaluationSet(evaluation_id(64, samples), "math", 64, samples, 0, "token ids")
    store = Store.open(tmp_path)
    store.evaluation(made.id).write_bytes(compact_json(made.to_json()))
    with pytest.raises(Problem) as caught:
        EvaluationSet.read(store, made.id)
    assert caught.value.code == "evaluation_damaged"


def test_nan_never_reaches_json() -> None:
    with pytest.raises(ValueError):
        compact_json({"nll": float("nan")})
