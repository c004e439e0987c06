"""Written folders: what transformers loads from them is the merge; what goes wrong leaves nothing behind."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.models import open_model
from merge_lab_agent.problem import Problem
from merge_lab_agent.resident import ResidentModel
from merge_lab_agent.store import Store
from merge_lab_agent.task_vectors import Pool
from merge_lab_agent.write import _appearing_at, write_merged

METHODS = [
    {"method": "average", "compatibility": "none"},
    {"method": "dare", "drop_rate": 0.2, "compatibility": "none"},
]


def plan_of(store: Path, base: Path, experts: dict[str, Path]) -> str:
    """A plan without merges, as the core writes it; returns its id."""

    def model(path: Path) -> dict[str, str]:
        mark = fingerprint(open_model(path))
        return {"fingerprint": mark, "path": str(path), "source": f"./{path.name}", "kind": "checkpoint"}

    header = {
        "format": 1,
        "scorer": 1,
        "pool": list(experts),
        "sizes": {
            "default": {
                "base": model(base),
                "experts": {name: model(path) for name, path in experts.items()},
                "parameters": Checkpoint.open(base).parameters,
            }
        },
        "methods": METHODS,
        "embeddings": "exact",
        "evaluations": {"alpha": "0" * 64},
        "dtype": "float32",
        "batch_tokens": 1024,
        "references": {},
    }
    content = (json.dumps(header, separators=(",", ":")) + "\n").encode()
    plan = hashlib.sha256(content).hexdigest()
    file = Store.open(store).plan(plan)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return plan


@pytest.fixture
def request_of(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> dict[str, Any]:
    plan = plan_of(tmp_path / "store", tiny_base, tiny_experts)
    return {
        "store": str(tmp_path / "store"),
        "plan": plan,
        "size": "default",
        "method": 0,
        "seed": None,
        "subset": ["gamma", "alpha"],
        "out": str(tmp_path / "merged"),
    }


def resident(base: Path, experts: dict[str, Path]) -> ResidentModel:
    opened = {name: open_model(path) for name, path in experts.items()}
    marks = {name: fingerprint(model) for name, model in opened.items()}
    return ResidentModel(Pool(Checkpoint.open(base), opened, marks), dtype="bfloat16", device="cpu")


@pytest.mark.parametrize(("method", "seed"), [(0, None), (1, 5), (METHODS[1], 5)])
def test_transformers_loads_the_merge_that_was_scored(
    request_of: dict[str, Any], tiny_base: Path, tiny_experts: dict[str, Path], method: Any, seed: int | None
) -> None:
    files = {"README.md": "# Merged é\n", "mergekit.yaml": "merge_method: linear\n"}
    answer = write_merged(request_of | {"method": method, "seed": seed, "files": files})
    out = Path(request_of["out"])
    assert answer["files"] == sorted(file.name for file in out.iterdir())
    assert (out / "README.md").read_text(encoding="utf-8") == "# Merged é\n"
    loaded = AutoModelForCausalLM.from_pretrained(out)
    assert loaded.dtype == torch.bfloat16
    expected = resident(tiny_base, tiny_experts)
    expected.apply(METHODS[method] if isinstance(method, int) else method, ["alpha", "gamma"], seed)
    there = dict(loaded.named_parameters())
    for name, tensor in expected.model.named_parameters():
        assert torch.equal(there[name], tensor), name
    assert answer["parameters"] == sum(p.numel() for p in there.values())


def test_what_is_written_is_told_from_front_to_back(request_of: dict[str, Any]) -> None:
    told: list[tuple[int, int]] = []
    answer = write_merged(request_of, lambda done, total: told.append((done, total)))
    done = [bytes_done for bytes_done, _ in told]
    assert done == sorted(done)
    assert {total for _, total in told} == {answer["bytes"]}
    assert done[-1] == answer["bytes"]


def test_layout_is_the_base_s_own(request_of: dict[str, Any], tiny_base: Path) -> None:
    write_merged(request_of)
    out = Path(request_of["out"])
    base, written = load_file(tiny_base / "model.safetensors"), load_file(out / "model.safetensors")
    assert base.keys() == written.keys()
    assert all(base[n].dtype == written[n].dtype and base[n].shape == written[n].shape for n in base)
    assert not any(torch.equal(base[n], written[n]) for n in base if base[n].any())
    for name in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"):
        assert (out / name).read_bytes() == (tiny_base / name).read_bytes()
    text = "The answer is 4."
    ours, theirs = (AutoTokenizer.from_pretrained(folder) for folder in (out, tiny_base))
    assert ours(text)["input_ids"] == theirs(text)["input_ids"]
    assert ours.chat_template == theirs.chat_template


def test_weights_instead_of_a_method(
    request_of: dict[str, Any], tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    del request_of["subset"]
    write_merged(request_of | {"method": None, "weights": {"alpha": 0.5, "beta": 0.25}})
    written = load_file(Path(request_of["out"]) / "model.safetensors")
    base, alpha, beta = (
        load_file(folder / "model.safetensors")
        for folder in (tiny_base, tiny_experts["alpha"], tiny_experts["beta"])
    )
    for name, theta in base.items():
        change = 0.5 * (alpha[name].double() - theta) + 0.25 * (beta[name].double() - theta)
        assert torch.equal(written[name], (theta.double() + change).to(torch.bfloat16)), name


def test_shards_and_their_index_load_alike(
    request_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_merged(request_of)
    monkeypatch.setattr("merge_lab_agent.write._LARGEST_SHARD", 6000)
    second = Path(request_of["out"]).with_name("sharded")
    write_merged(request_of | {"out": str(second)})
    shards = sorted(file.name for file in second.glob("*.safetensors"))
    assert len(shards) > 2 and shards[0] == f"model-00001-of-{len(shards):05d}.safetensors"
    index = json.loads((second / "model.safetensors.index.json").read_text())
    one = load_file(Path(request_of["out"]) / "model.safetensors")
    assert index["metadata"]["total_size"] == sum(t.numel() * t.element_size() for t in one.values())
    assert index["weight_map"].keys() == one.keys()
    models = [AutoModelForCausalLM.from_pretrained(f).state_dict() for f in (request_of["out"], second)]
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_a_tied_head_stored_twice_is_written_once_and_other_dtypes_are_kept(tmp_path: Path) -> None:
    base = make_model(tmp_path / "base", dtype="float32")
    tensors = load_file(base / "model.safetensors")
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    tensors["model.norm.weight"] = tensors["model.norm.weight"].half()
    save_file(tensors, base / "model.safetensors", metadata={"format": "pt"})
    expert = make_model(tmp_path / "expert", like=base, noise=0.1)
    request = {"store": str(tmp_path / "store"), "plan": plan_of(tmp_path / "store", base, {"e": expert})}
    request |= {"size": "default", "method": 0, "subset": ["e"], "out": str(tmp_path / "out")}
    write_merged(request)
    written = load_file(tmp_path / "out" / "model.safetensors")
    assert "lm_head.weight" not in written
    assert written["model.norm.weight"].dtype == torch.float16
    assert written["model.embed_tokens.weight"].dtype == torch.float32
    model: Any = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert torch.equal(model.lm_head.weight, model.model.embed_tokens.weight)


# What goes wrong -----------------------------------------------------------------------------------------


def refused(request: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as caught:
        write_merged(request)
    return caught.value


def left_behind(request: dict[str, Any]) -> list[str]:
    out = Path(request["out"])
    return [file.name for file in out.parent.iterdir() if out.name in file.name]


@pytest.mark.parametrize(
    "change",
    [
        {"size": "XL"},
        {"method": 7},
        {"method": "average"},
        {"subset": []},
        {"subset": ["alpha", "alpha"]},
        {"subset": ["nobody"]},
        {"out": "relative/folder"},
        {"out": ""},
        {"seed": "0"},
        {"weights": {"alpha": "much"}},
        {"files": {"../README.md": "x"}},
        {"files": {"config.json": "{}"}},
        {"files": {"model.safetensors": ""}},
        {"files": {"README.md": 3}},
    ],
)
def test_impossible_requests_are_refused(request_of: dict[str, Any], change: dict[str, Any]) -> None:
    assert refused(request_of | change).code == "merge_request_invalid"
    assert left_behind(request_of) == []


def test_what_exists_is_never_written_over(request_of: dict[str, Any]) -> None:
    out = Path(request_of["out"])
    out.mkdir()
    write_merged(request_of)  # an empty folder is a fine place
    before = (out / "model.safetensors").read_bytes()
    assert refused(request_of | {"subset": ["beta"]}).code == "out_exists"
    assert (out / "model.safetensors").read_bytes() == before
    shutil.rmtree(out)
    out.write_text("a file")
    assert refused(request_of).code == "out_exists"
    assert out.read_text() == "a file"


def test_what_another_wrote_meanwhile_is_named_at_the_end(tmp_path: Path) -> None:
    with (
        pytest.raises(Problem) as caught,
        _appearing_at(tmp_path / "out"),
        _appearing_at(tmp_path / "out") as it,
    ):
        (it / "config.json").write_text("{}")
    assert caught.value.code == "out_exists"
    assert [file.name for file in tmp_path.rglob("*")] == ["out", "config.json"]


def test_a_folder_that_cannot_be_written_is_not_called_a_store(
    request_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", read_only)
    monkeypatch.setattr(Store, "open", Store.at)
    with pytest.raises(Problem) as caught:
        write_merged(request_of)
    assert caught.value.code == "store_not_writable"
    assert request_of["out"] in caught.value.message
    assert "--out" in caught.value.fix
    assert "store" not in caught.value.fix


def test_a_model_that_changed_since_the_plan_is_refused(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    expert = make_model(tmp_path / "alpha", like=tiny_experts["alpha"])
    request = {"store": str(tmp_path / "store"), "size": "default", "method": 0, "subset": ["alpha"]}
    request |= {
        "plan": plan_of(tmp_path / "store", tiny_base, {"alpha": expert}),
        "out": str(tmp_path / "out"),
    }
    make_model(expert, like=tiny_experts["beta"])
    assert refused(request).code == "model_changed"
    assert left_behind(request) == []


def test_values_that_are_no_numbers_are_refused_and_nothing_is_left(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    expert = make_model(tmp_path / "odd", like=tiny_experts["alpha"])
    tensors = load_file(expert / "model.safetensors")
    tensors["model.norm.weight"][3] = float("inf")
    save_file(tensors, expert / "model.safetensors", metadata={"format": "pt"})
    request = {"store": str(tmp_path / "store"), "size": "default", "method": 0, "subset": ["odd"]}
    request |= {"plan": plan_of(tmp_path / "store", tiny_base, {"odd": expert}), "out": str(tmp_path / "out")}
    problem = refused(request)
    assert problem.code == "merge_not_finite"
    assert "model.norm.weight" in problem.message
    assert left_behind(request) == []


def test_a_disk_that_fills_up_is_said_and_nothing_is_left(
    request_of: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
    assert refused(request_of).code == "disk_too_small"
    monkeypatch.undo()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("merge_lab_agent.write.shutil.copyfile", full)
    assert refused(request_of).code == "disk_full"
    assert left_behind(request_of) == []
