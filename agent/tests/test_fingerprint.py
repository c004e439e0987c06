"""Fingerprints: the same model has one, another model another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from merge_lab_agent.fingerprint import fingerprint, sample_ranges
from merge_lab_agent.models import open_model
from merge_lab_agent.problem import Problem

MODEL = "model.safetensors"


def of(folder: Path) -> str:
    return fingerprint(open_model(folder))


@pytest.fixture
def copy(tiny_base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_base, tmp_path / "copy"))


def edit_config(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes, indent=4))


def test_a_copy_elsewhere_is_the_same_model(tiny_base: Path, copy: Path) -> None:
    assert of(copy) == of(tiny_base)
    assert len(of(copy)) == 64


def test_how_it_was_saved_does_not_matter(tiny_base: Path, copy: Path) -> None:
    edit_config(copy, transformers_version="4.0.0", _name_or_path="/elsewhere", torch_dtype="float32")
    tensors = load_file(copy / MODEL)
    (copy / MODEL).unlink()
    weight_map = {}
    for number, name in enumerate(sorted(tensors, reverse=True)):
        file = f"model-{number % 2}.safetensors"
        weight_map[name] = file
    for file in set(weight_map.values()):
        save_file({n: tensors[n] for n, f in weight_map.items() if f == file}, copy / file)
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    assert of(copy) == of(tiny_base)


def test_what_the_model_computes_matters(tiny_base: Path, tiny_experts: dict[str, Path], copy: Path) -> None:
    known = {of(tiny_base), *(of(folder) for folder in tiny_experts.values())}
    assert len(known) == 4
    edit_config(copy, rms_norm_eps=1e-5)
    assert of(copy) not in known


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"])
def test_tokenizer_files_matter(tiny_base: Path, copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes() + b"\n")
    assert of(copy) != of(tiny_base)


def test_every_single_byte_of_a_small_tensor_matters(tiny_base: Path, copy: Path) -> None:
    original = of(tiny_base)
    data = bytearray((copy / MODEL).read_bytes())
    begin = 8 + int.from_bytes(data[:8], "little")
    for place in (begin, begin + 1001, len(data) - 1):
        data[place] ^= 1
        (copy / MODEL).write_bytes(data)
        assert of(copy) != original, f"byte {place}"
        data[place] ^= 1


def test_swapped_tensors_of_equal_shape_are_another_model(tiny_base: Path, copy: Path) -> None:
    tensors = load_file(copy / MODEL)
    one, other = "model.layers.0.mlp.up_proj.weight", "model.layers.1.mlp.up_proj.weight"
    tensors[one], tensors[other] = tensors[other], tensors[one]
    save_file(tensors, copy / MODEL)
    assert of(copy) != of(tiny_base)


def test_training_a_large_tensor_shows(tmp_path: Path, tiny_base: Path) -> None:
    """Every entry moves by about a thousandth, as in fine-tuning: the sample must see it."""
    folder = Path(shutil.copytree(tiny_base, tmp_path / "large"))
    tensor = torch.randn(1000, 1000, generator=torch.Generator().manual_seed(0))
    save_file({"w": tensor}, folder / MODEL)
    before = of(folder)
    save_file({"w": tensor * 1.001}, folder / MODEL)
    assert of(folder) != before


def test_samples_are_whole_elements_inside_the_tensor() -> None:
    for size in (0, 2, 65_536, 65_538, 100_000, 1_234_568, 2**33):
        ranges = sample_ranges("layer.weight", size)
        reached = 0
        for begin, end in ranges:
            assert reached <= begin < end <= size
            assert begin % 8 == 0
            reached = end
    assert sample_ranges("a", 10**6) != sample_ranges("b", 10**6), "columns differ from tensor to tensor"
    assert sample_ranges("a", 65_536) == [(0, 65_536)]
    assert len(sample_ranges("a", 10**6)) == 16


def test_the_definition_never_changes() -> None:
    """SHA-256("a") begins ca97: the first block begins at 0xca97/65536 of its room, rounded down to eight."""
    room = 1_000_000 // 16 - 256
    begin = room * 0xCA97 // 65_536 // 8 * 8
    assert sample_ranges("a", 1_000_000)[0] == (begin, begin + 256)


def test_golden_fingerprint(tmp_path: Path) -> None:
    """Computed once by this very definition and kept: another one would orphan every result there is."""
    (tmp_path / "config.json").write_text('{"model_type": "llama", "hidden_size": 2, "dtype": "float32"}')
    (tmp_path / "tokenizer.json").write_text("{}")
    save_file(
        {"a": torch.arange(6, dtype=torch.float32).reshape(2, 3), "b": torch.ones(50_000)}, tmp_path / MODEL
    )
    assert of(tmp_path) == "e8fd74f62d1c66a25ca284cdb224d42d76151632c149f77043fb96f1aa53828d"


def test_a_file_that_shrinks_is_noticed(copy: Path) -> None:
    model = open_model(copy)
    (copy / MODEL).write_bytes((copy / MODEL).read_bytes()[:5000])
    with pytest.raises(Problem) as caught:
        fingerprint(model)
    assert caught.value.code == "model_changed"
