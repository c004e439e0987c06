"""Checkpoints: what is read is what was written, and files that lie are refused before they are mapped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import read_header

MODEL = "model.safetensors"


def raw_file(
    file: Path, header: dict[str, Any] | str | bytes, data: bytes = b"", length: int | None = None
) -> Path:
    """A safetensors file with whatever header; `length` is what it claims about the header's size."""
    text = json.dumps(header) if isinstance(header, dict) else header
    encoded = text.encode() if isinstance(text, str) else text
    file.write_bytes((len(encoded) if length is None else length).to_bytes(8, "little") + encoded + data)
    return file


def entry(begin: int, end: int, shape: list[Any] | None = None, dtype: str = "F32") -> dict[str, Any]:
    return {
        "dtype": dtype,
        "shape": [(end - begin) // 4] if shape is None else shape,
        "data_offsets": [begin, end],
    }


def code_of(file: Path) -> str:
    with pytest.raises(Problem) as caught:
        read_header(file)
    assert str(file) in caught.value.message, "the message names the file"
    assert caught.value.fix
    return caught.value.code


def test_reads_every_tensor_as_the_library_does(tmp_path: Path) -> None:
    for architecture in ("qwen2", "gpt_neox", "gemma2", "gpt2"):
        folder = make_model(tmp_path / architecture, architecture=architecture)
        checkpoint = Checkpoint.open(folder)
        expected = load_file(folder / MODEL)
        assert checkpoint.tensors.keys() == expected.keys()
        for name, tensor in expected.items():
            assert checkpoint.read(name).dtype == tensor.dtype
            assert torch.equal(checkpoint.read(name), tensor)


def test_reading_copies_nothing(tiny_base: Path) -> None:
    checkpoint = Checkpoint.open(tiny_base)
    name = "model.embed_tokens.weight"
    assert checkpoint.read(name).data_ptr() == checkpoint.read(name).data_ptr()


@pytest.mark.parametrize(("tied", "parameters"), [(True, 9872), (False, 9872 + 320 * 16)])
def test_parameters_equal_those_of_the_loaded_model(tmp_path: Path, tied: bool, parameters: int) -> None:
    from transformers import AutoModelForCausalLM

    folder = make_model(tmp_path / "model", tied=tied)
    checkpoint = Checkpoint.open(folder)
    assert checkpoint.parameters == parameters
    assert checkpoint.parameters == AutoModelForCausalLM.from_pretrained(folder).num_parameters()
    assert checkpoint.tied_embeddings is tied
    assert checkpoint.bytes == 2 * parameters
    assert (checkpoint.dtype, checkpoint.vocabulary) == ("bfloat16", 320)
    assert checkpoint.architecture == "Qwen2ForCausalLM"


def test_a_tied_head_that_is_stored_twice_counts_once(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model", tied=True)
    tensors = load_file(folder / MODEL)
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    save_file(tensors, folder / MODEL)
    assert Checkpoint.open(folder).parameters == 9872


def test_mixed_types_are_called_mixed(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model")
    tensors = load_file(folder / MODEL)
    tensors["model.norm.weight"] = tensors["model.norm.weight"].float()
    save_file(tensors, folder / MODEL)
    assert Checkpoint.open(folder).dtype == "mixed"


def shard(folder: Path) -> dict[str, str]:
    """Split a model into two shards; returns the index's map."""
    tensors = load_file(folder / MODEL)
    (folder / MODEL).unlink()
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[:10], "model-00002-of-00002.safetensors": names[10:]}
    for file, part in parts.items():
        save_file({name: tensors[name] for name in part}, folder / file)
    weight_map = {name: file for file, part in parts.items() for name in part}
    write_index(folder, weight_map)
    return weight_map


def write_index(folder: Path, weight_map: Any) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


def test_shards_are_one_model(tmp_path: Path, tiny_base: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    shard(folder)
    whole, sharded = Checkpoint.open(tiny_base), Checkpoint.open(folder)
    assert len(sharded.files) == 2
    assert all(torch.equal(whole.read(name), sharded.read(name)) for name in whole.tensors)


def test_shards_that_do_not_fit_their_index(tmp_path: Path, tiny_base: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    weight_map = shard(folder)
    first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"

    def code(changed: Any) -> str:
        write_index(folder, changed)
        with pytest.raises(Problem) as caught:
            Checkpoint.open(folder)
        return caught.value.code

    assert code(weight_map | {"ghost.weight": first}) == "shard_mismatch"
    without = {name: file for name, file in weight_map.items() if name != "model.norm.weight"}
    assert code(without) == "shard_mismatch"
    assert code(weight_map | {"model.norm.weight": first}) == "shard_mismatch"
    for escape in (
        "../model.safetensors",
        "/etc/x.safetensors",
        "a\\b.safetensors",
        "C:x.safetensors",
        7,
        "x.bin",
    ):
        assert code(weight_map | {"model.norm.weight": escape}) == "index_invalid"
    assert code([]) == "index_invalid"
    assert code({}) == "index_invalid"
    (folder / second).unlink()
    assert code(weight_map) == "shard_missing"


def test_pickle_is_refused_by_name(tmp_path: Path, tiny_base: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    (folder / MODEL).rename(folder / "pytorch_model.bin")
    with pytest.raises(Problem) as caught:
        Checkpoint.open(folder)
    assert caught.value.code == "pickle_refused"
    assert "pytorch_model.bin" in caught.value.message


def test_a_pickle_under_a_safetensors_name_is_refused(tmp_path: Path, tiny_base: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    torch.save({"x": torch.zeros(3)}, folder / MODEL)
    with pytest.raises(Problem) as caught:
        Checkpoint.open(folder)
    assert caught.value.code == "safetensors_header"


def test_folders_that_hold_no_model(tmp_path: Path, tiny_base: Path) -> None:
    def code(folder: Path) -> str:
        with pytest.raises(Problem) as caught:
            Checkpoint.open(folder)
        return caught.value.code

    assert code(tmp_path / "nowhere") == "model_missing"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert code(empty) == "config_missing"
    shutil.copy(tiny_base / "config.json", empty)
    assert code(empty) == "model_missing"
    shutil.copy(tiny_base / MODEL, empty / "weights.safetensors")
    assert code(empty) == "model_missing"
    (empty / "weights.safetensors").rename(empty / MODEL)
    for text in ("", "[]", "{", "null", '{"hidden_size": 3}', "[" * 100_000, '{"model_type": 3}', "\xff"):
        (empty / "config.json").write_bytes(text.encode("latin-1"))
        assert code(empty) == "config_invalid"


def test_cut_short_anywhere(tmp_path: Path, tiny_base: Path) -> None:
    whole = (tiny_base / MODEL).read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    for size in (0, 3, 7, 8, 9, header - 1, header, header + 1, len(whole) - 1):
        file = tmp_path / "cut.safetensors"
        file.write_bytes(whole[:size])
        assert code_of(file) == "safetensors_truncated", f"cut at {size}"
    file.write_bytes(whole + b"\0")
    assert code_of(file) == "safetensors_header"


def test_a_download_page_is_not_a_model(tmp_path: Path) -> None:
    file = tmp_path / MODEL
    file.write_bytes(b"<!DOCTYPE html><html>" + b" " * 500)
    assert code_of(file) == "safetensors_header"
    file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n")
    assert code_of(file) == "safetensors_header"


@pytest.mark.parametrize(
    ("header", "data", "length", "code"),
    [
        ("{}", b"", 2**64 - 1, "safetensors_header"),
        ("{}", b"", 2**63, "safetensors_header"),
        ("{}", b"", 99_999_999, "safetensors_truncated"),
        ("[]", b"", None, "safetensors_header"),
        ('{"a": ', b"", None, "safetensors_header"),
        (b"{\xff\xfe}", b"", None, "safetensors_header"),
        ('{"a":' * 50_000, b"", None, "safetensors_header"),
        ({"a": 3}, b"", None, "safetensors_header"),
        ({"a": {}}, b"", None, "safetensors_header"),
        ({"a": entry(0, 4), "__metadata__": {"x": 3}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4), "__metadata__": []}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": [0]}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": [0, 4, 8]}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": [-4, 0]}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": [0.0, 4.0]}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": [False, 4]}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4) | {"data_offsets": "04"}}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4, [-1])}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4, ["1"])}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4, [2**64])}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4, [1] * 1000)}, b"abcd", None, "safetensors_header"),
        ({"a": entry(0, 4, [2**62, 2**62])}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 4, [2])}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(4, 0, [1])}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 4, [1], "BF16")}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 4, [1], "F4")}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 4, [1], "F128")}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 4) | {"dtype": ["F32"]}}, b"abcd", None, "safetensors_dtype"),
        ({"a": entry(0, 8)}, b"abcd", None, "safetensors_truncated"),
        ({"a": entry(0, 2**40)}, b"abcd", None, "safetensors_truncated"),
        ({"a": entry(0, 4), "b": entry(0, 4)}, b"abcd", None, "safetensors_overlap"),
        ({"a": entry(0, 8), "b": entry(4, 12)}, b"a" * 12, None, "safetensors_overlap"),
        ({"a": entry(0, 4), "b": entry(8, 12)}, b"a" * 12, None, "safetensors_overlap"),
        ({"a": entry(4, 8)}, b"a" * 8, None, "safetensors_overlap"),
        ({"a": entry(0, 4)}, b"a" * 8, None, "safetensors_header"),
    ],
)
def test_lying_headers(tmp_path: Path, header: Any, data: bytes, length: int | None, code: str) -> None:
    assert code_of(raw_file(tmp_path / MODEL, header, data, length)) == code


def test_numbers_of_thousands_of_digits(tmp_path: Path) -> None:
    for digits in (1_000, 100_000):
        text = '{"a":{"dtype":"F32","shape":[' + "9" * digits + '],"data_offsets":[0,4]}}'
        assert code_of(raw_file(tmp_path / MODEL, text, b"abcd")) == "safetensors_header"


def test_a_tensor_described_twice(tmp_path: Path) -> None:
    one = json.dumps(entry(0, 4))
    assert code_of(raw_file(tmp_path / MODEL, f'{{"a":{one},"a":{one}}}', b"abcd")) == "safetensors_header"


def test_what_the_format_allows_is_read(tmp_path: Path) -> None:
    header = {
        "s": entry(0, 4, []),
        "z": entry(4, 4, [0, 7]),
        "u": entry(4, 7, [3], "U8"),
        "b": entry(7, 9, [1], "BF16"),
    }
    file = raw_file(tmp_path / MODEL, header, b"\0\0\x80\x3f\1\2\3\x80\x3f")
    shutil.copy(file, tmp_path / "copy")
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    checkpoint = Checkpoint.open(tmp_path)
    assert checkpoint.read("s").item() == 1.0
    assert checkpoint.read("z").shape == (0, 7)
    assert checkpoint.read("u").tolist() == [1, 2, 3]
    assert checkpoint.read("b").tolist() == [1.0], "a tensor at an odd offset"
    assert checkpoint.parameters == 2, "integers are not trained parameters"


def test_a_file_cut_after_it_was_checked_is_noticed(tmp_path: Path, tiny_base: Path) -> None:
    folder = Path(shutil.copytree(tiny_base, tmp_path / "model"))
    checkpoint = Checkpoint.open(folder)
    data = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(data[: len(data) // 2])
    last = max(checkpoint.tensors.values(), key=lambda info: info.begin).name
    with pytest.raises(Problem) as caught:
        checkpoint.read(last)
    assert caught.value.code == "model_changed"


def test_a_missing_tensor_has_a_name(tiny_base: Path) -> None:
    with pytest.raises(Problem) as caught:
        Checkpoint.open(tiny_base).read("nothing.weight")
    assert caught.value.code == "tensor_missing"
