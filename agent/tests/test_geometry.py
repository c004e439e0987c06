"""Sums over task vectors: equal to numpy's in float64, sampled where models are large, kept by content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from test_adapter import train
from tiny_models import make_model

from merge_lab_agent import geometry as geometry_module
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.geometry import Sums, blocks_of, measure, picked
from merge_lab_agent.geometry_file import geometry, geometry_key
from merge_lab_agent.models import open_model
from merge_lab_agent.problem import Problem
from merge_lab_agent.results import seal, unseal


def write_model(folder: Path, tensors: dict[str, torch.Tensor]) -> Checkpoint:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    save_file(tensors, folder / "model.safetensors")
    return Checkpoint.open(folder)


def expected(base: np.ndarray, vectors: np.ndarray) -> Sums:
    """From θ0 [n] and v [M, n], entry by entry in float64."""
    v = vectors.astype(np.float64)
    here = v != 0
    shared = (here[:, None] & here[None]).sum(-1)
    opposite = (v[:, None] * v[None] < 0).sum(-1)
    n = base.size
    square = float(np.square(base.astype(np.float64)).sum())
    return Sums(n, n, square, *(torch.from_numpy(np.asarray(m, float)) for m in (v @ v.T, shared, opposite)))


def assert_like(found: Sums, wanted: Sums) -> None:
    assert (found.coordinates, found.sampled) == (wanted.coordinates, wanted.sampled)
    assert found.base_square == pytest.approx(wanted.base_square, rel=1e-12)
    torch.testing.assert_close(found.gram, wanted.gram, rtol=1e-11, atol=1e-11)
    assert torch.equal(found.shared, wanted.shared)
    assert torch.equal(found.opposite, wanted.opposite)


def flat(tensors: dict[str, torch.Tensor]) -> np.ndarray:
    return np.concatenate([tensors[name].float().numpy().ravel() for name in sorted(tensors)])


def test_equals_numpy(
    tiny_base: Path, tiny_experts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [*tiny_experts.values(), tiny_base]
    base = flat(load_file(tiny_base / "model.safetensors"))
    vectors = np.stack([flat(load_file(f / "model.safetensors")) - base for f in folders])
    wanted = expected(base, vectors)
    for piece in (geometry_module._PIECE, 4 * 1000):
        monkeypatch.setattr(geometry_module, "_PIECE", piece)
        found = measure(Checkpoint.open(tiny_base), [Checkpoint.open(folder) for folder in folders])
        assert_like(found, wanted)
    assert found.gram[3].abs().max() == found.shared[3].max() == 0  # the base as its own expert


def test_adapters_are_dense_changes(tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path) -> None:
    merged = train(tiny_base, tmp_path / "adapter")
    stored = load_file(tiny_base / "model.safetensors")
    base = flat(stored)
    lora = np.concatenate([(merged[name] - stored[name].float()).numpy().ravel() for name in sorted(stored)])
    alpha = flat(load_file(tiny_experts["alpha"] / "model.safetensors")) - base
    wanted = expected(base, np.stack([lora, alpha]))
    opened = Checkpoint.open(tiny_base)
    found = measure(opened, [open_model(tmp_path / "adapter"), open_model(tiny_experts["alpha"])])
    torch.testing.assert_close(found.gram, wanted.gram, rtol=1e-4, atol=1e-6)
    # peft's base + delta − base rounds some entries to zero and others by a bit; what it never touches is 0.
    changed = sum(
        stored[name].numel() for name in stored if "q_proj.weight" in name or "v_proj.weight" in name
    )
    assert found.shared[0, 0] == changed
    assert found.shared[0, 1] <= changed
    assert abs(found.opposite[0, 1] - wanted.opposite[0, 1]) < 0.01 * changed


def test_rows_that_an_expert_lacks_are_zeros_of_v(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    table, other = torch.randn(10, 8, generator=generator), torch.randn(5, generator=generator)
    base = write_model(tmp_path / "base", {"embed_tokens.weight": table, "norm": other})
    fewer = write_model(tmp_path / "fewer", {"embed_tokens.weight": table[:7] + 1, "norm": other})
    more = write_model(
        tmp_path / "more", {"embed_tokens.weight": torch.cat([table + 2, table]), "norm": other}
    )
    found = measure(base, [fewer, more])
    assert found.shared.tolist() == [[56, 56], [56, 80]]
    torch.testing.assert_close(
        found.gram, torch.tensor([[56.0, 112.0], [112.0, 320.0]], dtype=torch.float64), rtol=1e-5, atol=0
    )


@pytest.mark.parametrize(
    ("n", "stride"), [(100_000, 3001), (65_537, 1025), (65_537, 999_999), (70_000, 1024)]
)
def test_blocks_lie_inside_and_apart(n: int, stride: int) -> None:
    blocks = blocks_of(n, stride)
    numbers = torch.arange(n, dtype=torch.float32)
    entries = picked(numbers, blocks).long()
    assert entries.numel() == blocks.entries == len(set(entries.tolist()))
    assert entries.max() < n
    begins = entries[:: blocks.length]
    assert set(begins.diff().tolist()) <= {blocks.stride}
    whole = torch.cat([picked(numbers, blocks.part(i, 7)) for i in range(0, blocks.count, 7)])
    assert torch.equal(whole.long(), entries)


def test_large_models_are_sampled(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(5)
    tensors = {
        "a": torch.randn(400, 512, generator=generator),
        "b": 3 * torch.randn(300, 512, generator=generator),
        "small": 10 * torch.randn(2000, generator=generator),
    }
    common = {name: torch.randn(t.shape, generator=generator) for name, t in tensors.items()}
    experts = []
    for number in range(3):
        own = {name: torch.randn(t.shape, generator=generator) for name, t in tensors.items()}
        moved = {name: t + 0.01 * (common[name] + own[name]) for name, t in tensors.items()}
        experts.append(write_model(tmp_path / str(number), moved))
    base = write_model(tmp_path / "base", tensors)
    exact, sampled = measure(base, experts), measure(base, experts, values=4 * 60_000)
    assert exact.sampled == exact.coordinates == sampled.coordinates == 400 * 512 + 300 * 512 + 2000
    assert 50_000 < sampled.sampled < 65_000
    assert sampled.base_square == pytest.approx(exact.base_square, rel=0.02)
    torch.testing.assert_close(sampled.gram.diagonal(), exact.gram.diagonal(), rtol=0.03, atol=0)
    cosine = sampled.gram[0, 1] / (sampled.gram[0, 0] * sampled.gram[1, 1]).sqrt()
    assert cosine == pytest.approx(0.5, abs=0.02)
    # Scaled up to the whole model: no entry of these vectors is zero.
    torch.testing.assert_close(sampled.shared, torch.full((3, 3), float(exact.coordinates)).double())
    assert sampled.opposite[0, 1] / sampled.shared[0, 1] == pytest.approx(1 / 3, abs=0.01)
    again = measure(base, experts, values=4 * 60_000)
    assert torch.equal(again.gram, sampled.gram)


@pytest.mark.parametrize("broken", ["base", "expert"])
def test_what_is_not_finite_is_named(tmp_path: Path, broken: str) -> None:
    good, bad = torch.ones(10), torch.ones(10)
    bad[4] = float("nan")
    base = write_model(tmp_path / "base", {"w": bad if broken == "base" else good})
    expert = write_model(tmp_path / "expert", {"w": good if broken == "base" else bad})
    with pytest.raises(Problem, match=f"{broken} holds NaN") as caught:
        measure(base, [expert])
    assert caught.value.code == "weights_not_finite"


# The file ---------------------------------------------------------------------------------------------------


def asked(folder: Path) -> dict[str, str]:
    return {"path": str(folder), "fingerprint": fingerprint(open_model(folder))}


def request(store: Path, base: Path, experts: list[Path]) -> dict[str, Any]:
    return {
        "store": str(store),
        "base": asked(base),
        "experts": [asked(expert) for expert in experts],
        "embeddings": "exact",
    }


def test_kept_by_content(
    tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, beta, gamma = tiny_experts.values()
    answer = geometry(request(tmp_path, tiny_base, [alpha, beta, gamma, beta]))
    file = tmp_path / "geometry" / f"{answer['key']}.json"
    document = unseal(file.read_bytes().removesuffix(b"\n"))
    assert document.pop("crc")
    names = sorted(asked(each)["fingerprint"] for each in (alpha, beta, gamma))
    assert document["experts"] == names
    assert answer["key"] == geometry_key(asked(tiny_base)["fingerprint"], names, "exact")
    assert [len(row) for row in document["gram"]] == [1, 2, 3]
    assert document["sampled"] == document["coordinates"]
    written = file.read_bytes()

    def never(*_: object) -> Any:
        raise AssertionError("measured again")

    with monkeypatch.context() as patch:
        patch.setattr(geometry_module, "measure", never)
        assert geometry(request(tmp_path, tiny_base, [gamma, beta, alpha])) == answer
    # Damaged, of another format, and no object though its check holds: measured again.
    for other in (written[:-30] + b"9" + written[-29:], seal(document | {"format": 0}), seal({}), b"[]"):
        file.write_bytes(other)
        geometry(request(tmp_path, tiny_base, [gamma, beta, alpha]))
        assert file.read_bytes() == written
    assert geometry(request(tmp_path, tiny_base, [alpha, beta]))["key"] != answer["key"]


def test_a_model_that_changed_is_not_measured(tiny_base: Path, tmp_path: Path) -> None:
    expert = make_model(tmp_path / "expert", like=tiny_base, noise=0.1, seed=8)
    asked_before = request(tmp_path / "store", tiny_base, [expert])
    make_model(expert, like=tiny_base, noise=0.1, seed=9)
    with pytest.raises(Problem) as caught:
        geometry(asked_before)
    assert caught.value.code == "model_changed"
    assert not any((tmp_path / "store" / "geometry").iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"experts": []},
        {"experts": "alpha"},
        {"experts": [{"path": "x"}]},
        {"base": {"path": "x", "fingerprint": "../../x"}},
        {"embeddings": "rows"},
        {"base": None},
    ],
    ids=str,
)
def test_a_wrong_request_is_refused(tiny_base: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        geometry(request(tmp_path, tiny_base, [tiny_base]) | change)
    assert caught.value.code == "request_invalid"
