"""LoRA experts: each delta equals what peft itself merges; what B·A does not describe is refused by name."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model
from transformers import AutoModelForCausalLM

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.models import kind_of, open_model
from merge_lab_agent.problem import Problem

ATTENTION = ["q_proj", "v_proj"]


def train(base: Path, folder: Path, seed: int = 0, **settings: Any) -> dict[str, torch.Tensor]:
    """Save a LoRA adapter with random weights; returns the tensors of peft's own merge in float32."""
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    settings = {"r": 4, "lora_alpha": 12, "target_modules": ATTENTION} | settings
    wrapped = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for parameter in wrapped.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    wrapped.save_pretrained(folder)
    merged: dict[str, torch.Tensor] = wrapped.merge_and_unload().state_dict()
    return merged


def assert_equals_peft(base: Path, folder: Path, merged: dict[str, torch.Tensor], changed: set[str]) -> None:
    """Base plus delta is peft's merge for every tensor, and exactly the tensors `changed` have a delta."""
    checkpoint, adapter = Checkpoint.open(base), Adapter.open(folder)
    touched = set()
    for name in checkpoint.tensors:
        stored = checkpoint.read(name)
        delta = adapter.delta(name, stored)
        expected = merged[name]
        if delta is None:
            assert torch.equal(stored.float(), expected), name
            continue
        assert delta.dtype == torch.float32
        assert delta.shape == stored.shape
        assert delta.abs().max() > 1e-3, f"{name} should change"
        torch.testing.assert_close(stored.float() + delta, expected, rtol=0, atol=1e-6)
        touched.add(name.split(".", 2)[-1] if ".layers." in name else name)
    ends = {next((end for end in changed if name.endswith(end)), name) for name in touched}
    assert ends == changed


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_rslora": True},
        {"r": 1, "lora_alpha": 1},
        {"rank_pattern": {"v_proj": 2}, "alpha_pattern": {"v_proj": 5, "q_proj": 1}},
        {"rank_pattern": {r"layers\.1\.self_attn\.q_proj": 3}, "use_rslora": True},
        {"init_lora_weights": "gaussian"},
        {"init_lora_weights": "orthogonal"},
    ],
    ids=str,
)
def test_deltas_equal_peft(tiny_base: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    merged = train(tiny_base, tmp_path / "adapter", **settings)
    assert_equals_peft(tiny_base, tmp_path / "adapter", merged, {"q_proj.weight", "v_proj.weight"})


def test_rank_patterns_are_not_ignored(tiny_base: Path, tmp_path: Path) -> None:
    train(tiny_base, tmp_path / "adapter", rank_pattern={"v_proj": 2}, alpha_pattern={"v_proj": 5})
    targets = Adapter.open(tmp_path / "adapter").targets
    assert targets["model.layers.0.self_attn.q_proj.weight"].scaling == 12 / 4
    assert targets["model.layers.0.self_attn.v_proj.weight"].scaling == 5 / 2


def test_bias_and_saved_modules(tiny_base: Path, tmp_path: Path) -> None:
    merged = train(tiny_base, tmp_path / "adapter", bias="lora_only", modules_to_save=["norm", "down_proj"])
    assert_equals_peft(
        tiny_base,
        tmp_path / "adapter",
        merged,
        {"q_proj.weight", "v_proj.weight", "q_proj.bias", "v_proj.bias", "norm.weight", "down_proj.weight"},
    )


def test_untied_embedding_and_head(tmp_path: Path) -> None:
    base = make_model(tmp_path / "base", tied=False)
    merged = train(base, tmp_path / "adapter", target_modules=["embed_tokens", "lm_head"])
    assert_equals_peft(base, tmp_path / "adapter", merged, {"model.embed_tokens.weight", "lm_head.weight"})


def test_gpt2_stores_its_matrices_the_other_way_round(tmp_path: Path) -> None:
    base = make_model(tmp_path / "base", architecture="gpt2")
    merged = train(base, tmp_path / "adapter", target_modules=["c_attn", "c_fc"], fan_in_fan_out=True)
    adapter = Adapter.open(tmp_path / "adapter")
    checkpoint = Checkpoint.open(base)
    changed = 0
    for name in checkpoint.tensors:
        stored = checkpoint.read(name)
        delta = adapter.delta(name, stored)
        total = stored.float() if delta is None else stored.float() + delta
        changed += delta is not None
        torch.testing.assert_close(total, merged[name], rtol=0, atol=1e-6)
    assert changed == 4


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"init_lora_weights": "pissa"}, "pissa"),
        ({"init_lora_weights": "olora"}, "olora"),
        ({"lora_bias": True}, "lora_bias"),
        ({"layer_replication": [[0, 2], [1, 2]]}, "layer_replication"),
        ({"trainable_token_indices": [1, 2]}, "trainable_token_indices"),
    ],
    ids=str,
)
def test_what_is_not_b_times_a_is_refused_by_name(
    tiny_base: Path, tmp_path: Path, settings: dict[str, Any], named: str
) -> None:
    train(tiny_base, tmp_path / "adapter", **settings)
    with pytest.raises(Problem) as caught:
        Adapter.open(tmp_path / "adapter")
    assert caught.value.code == "adapter_unsupported"
    assert named in caught.value.message


@pytest.mark.parametrize("field", ["velora_config", "use_bdlora", "a_setting_of_next_year"])
def test_unknown_settings_are_refused_by_name(tiny_base: Path, tmp_path: Path, field: str) -> None:
    train(tiny_base, tmp_path / "adapter")
    edit(tmp_path / "adapter", **{field: True})
    with pytest.raises(Problem) as caught:
        Adapter.open(tmp_path / "adapter")
    assert caught.value.code == "adapter_unsupported"
    assert field in caught.value.message


def edit(folder: Path, **changes: Any) -> None:
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def code_of(folder: Path) -> str:
    with pytest.raises(Problem) as caught:
        Adapter.open(folder)
    assert str(folder) in caught.value.message
    return caught.value.code


def test_other_kinds_of_adapters_are_refused(tiny_base: Path, tmp_path: Path) -> None:
    train(tiny_base, tmp_path / "adapter")
    for kind in ("IA3", "LOHA", "PROMPT_TUNING", None):
        edit(tmp_path / "adapter", peft_type=kind)
        assert code_of(tmp_path / "adapter") == "adapter_unsupported"


def test_adapters_that_contradict_themselves(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    train(tiny_base, folder)
    sound = json.loads((folder / "adapter_config.json").read_text())
    for changes in (
        {"r": 3},
        {"r": 0},
        {"r": "4"},
        {"lora_alpha": "12"},
        {"rank_pattern": {"q_proj": 9}},
        {"rank_pattern": {"(": 4}},
        {"rank_pattern": [4]},
    ):
        edit(folder, **(sound | changes))
        assert code_of(folder) == "adapter_invalid", changes
    edit(folder, **sound)
    weights = folder / "adapter_model.safetensors"
    tensors = load_file(weights)
    name = next(name for name in tensors if "lora_A" in name)
    for changed in (
        {n: t for n, t in tensors.items() if n != name},
        tensors | {name: tensors[name][:2].clone()},
        {n.removeprefix("base_model.model."): t for n, t in tensors.items()},
        {},
    ):
        save_file(changed, weights)
        assert code_of(folder) == "adapter_invalid"
    save_file(tensors | {"base_model.model.x.lora_magnitude_vector": torch.ones(2)}, weights)
    assert code_of(folder) == "adapter_unsupported"
    (folder / "adapter_config.json").write_text("[]")
    assert code_of(folder) == "adapter_invalid"


def test_an_adapter_of_another_base(tmp_path: Path, tiny_base: Path) -> None:
    wide = make_model(tmp_path / "wide", hidden_size=32)
    train(wide, tmp_path / "adapter")
    adapter, base = Adapter.open(tmp_path / "adapter"), Checkpoint.open(tiny_base)
    name = "model.layers.0.self_attn.q_proj.weight"
    with pytest.raises(Problem) as caught:
        adapter.delta(name, base.read(name))
    assert caught.value.code == "adapter_base_mismatch"
    assert "(32, 32)" in caught.value.message
    assert "(16, 16)" in caught.value.message


def test_pickled_adapters_are_refused(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    train(tiny_base, folder)
    (folder / "adapter_model.safetensors").unlink()
    assert code_of(folder) == "model_missing"
    (folder / "adapter_model.bin").write_bytes(pickle.dumps({}))
    assert code_of(folder) == "pickle_refused"


def test_kinds_are_told_apart_by_their_files(tiny_base: Path, tmp_path: Path) -> None:
    train(tiny_base, tmp_path / "adapter")
    assert kind_of(tmp_path / "adapter") == "adapter"
    assert kind_of(tiny_base) == "checkpoint"
    assert isinstance(open_model(tmp_path / "adapter"), Adapter)
    assert isinstance(open_model(tiny_base), Checkpoint)
    (tmp_path / "adapter" / "model.safetensors").write_bytes((tiny_base / "model.safetensors").read_bytes())
    assert kind_of(tmp_path / "adapter") == "checkpoint", "a folder with full weights is that model"


def test_fingerprints_of_adapters(tiny_base: Path, tmp_path: Path) -> None:
    train(tiny_base, tmp_path / "a")
    train(tiny_base, tmp_path / "b")
    train(tiny_base, tmp_path / "c", seed=1)
    train(tiny_base, tmp_path / "d", lora_alpha=13)
    digests = [fingerprint(Adapter.open(tmp_path / name)) for name in "abcd"]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    edit(tmp_path / "a", target_modules=sorted(ATTENTION, reverse=True), base_model_name_or_path="elsewhere")
    assert fingerprint(Adapter.open(tmp_path / "a")) == digests[0], "how it was saved does not matter"
