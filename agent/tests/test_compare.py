"""Base against experts: each kind of stranger is named, relatives pass, oddities are only warnings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model, tiny_tokenizer

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.compare import Findings, check_base, compare, compare_tokenizers, duplicates
from merge_lab_agent.distance import distance
from merge_lab_agent.problem import Problem
from merge_lab_agent.tokenizer import Tokenizer

MODEL = "model.safetensors"


def codes(problems: list[Problem]) -> list[str]:
    for problem in problems:
        assert problem.to_json()["model"] == "S/expert/alpha"
        assert problem.message.startswith("expert alpha of size S: ")
        assert problem.fix
    return [problem.code for problem in problems]


def found(base: Path, expert: Path, **settings: Any) -> Findings:
    return compare(Checkpoint.open(base), Checkpoint.open(expert), "S/expert/alpha", **settings)


@pytest.fixture
def expert(tmp_path: Path, tiny_experts: dict[str, Path]) -> Path:
    """A sound expert that the test may break."""
    return Path(shutil.copytree(tiny_experts["alpha"], tmp_path / "expert"))


def edit_config(folder: Path, remove: tuple[str, ...] = (), **changes: Any) -> None:
    file = folder / "config.json"
    document = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({key: value for key, value in document.items() if key not in remove}))


def edit_tensors(folder: Path, **changes: torch.Tensor | None) -> None:
    tensors = load_file(folder / MODEL)
    for name, tensor in changes.items():
        if tensor is None:
            del tensors[name]
        else:
            tensors[name] = tensor
    save_file(tensors, folder / MODEL)


def test_an_expert_of_this_base_passes(tiny_base: Path, tiny_experts: dict[str, Path]) -> None:
    for folder in tiny_experts.values():
        result = found(tiny_base, folder)
        assert (result.problems, result.warnings) == ([], [])
        assert result.distance == pytest.approx(0.1, rel=0.1), "the fixture adds a tenth of each norm"


@pytest.mark.parametrize("architecture", ["llama", "gpt_neox", "gemma2"])
def test_another_architecture(tiny_base: Path, tmp_path: Path, architecture: str) -> None:
    result = found(tiny_base, make_model(tmp_path / "expert", architecture=architecture))
    assert codes(result.problems) == ["architecture_differs"], "one clear reason, not a hundred tensors"
    assert "qwen2" in result.problems[0].message
    assert architecture in result.problems[0].message


def test_another_width_and_depth(tiny_base: Path, tmp_path: Path) -> None:
    wide = found(tiny_base, make_model(tmp_path / "wide", hidden_size=32))
    assert codes(wide.problems) == ["config_differs"]
    assert "hidden_size (32, base 16)" in wide.problems[0].message
    deep = found(tiny_base, make_model(tmp_path / "deep", num_hidden_layers=3))
    assert codes(deep.problems) == ["config_differs"]


def test_shapes_that_the_config_does_not_tell(tiny_base: Path, expert: Path) -> None:
    edit_tensors(expert, **{"model.norm.weight": torch.ones(17)})
    result = found(tiny_base, expert)
    assert codes(result.problems) == ["shape_differs"]
    assert "(17,)" in result.problems[0].message
    assert "(16,)" in result.problems[0].message


@pytest.mark.parametrize(
    "changes",
    [
        {"rms_norm_eps": 1e-5},
        {"hidden_act": "gelu"},
        {"rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}},
        {"use_sliding_window": True, "sliding_window": 4},
    ],
    ids=str,
)
def test_settings_that_change_the_forward_pass(
    tiny_base: Path, expert: Path, changes: dict[str, Any]
) -> None:
    edit_config(expert, **changes)
    result = found(tiny_base, expert)
    assert codes(result.problems) == ["config_differs"]
    assert next(iter(changes)) in result.problems[0].message


@pytest.mark.parametrize(
    "changes",
    [
        {"transformers_version": "4.40.0", "_name_or_path": "elsewhere", "use_cache": False},
        {"attention_dropout": 0.1, "initializer_range": 0.5, "eos_token_id": [1, 2], "pad_token_id": 3},
        {"torch_dtype": "float32", "dtype": "float32", "id2label": {"0": "a"}},
    ],
    ids=str,
)
def test_settings_that_do_not(tiny_base: Path, expert: Path, changes: dict[str, Any]) -> None:
    edit_config(expert, **changes)
    assert codes(found(tiny_base, expert).problems) == []


def test_the_same_settings_as_an_older_version_writes_them(tiny_base: Path, expert: Path) -> None:
    """transformers 4 wrote `rope_theta`, 5 writes `rope_parameters`; and defaults may be left out."""
    edit_config(expert, ("rope_parameters", "layer_types", "max_window_layers", "hidden_act"), rope_theta=1e4)
    assert codes(found(tiny_base, expert).problems) == []
    edit_config(expert, rope_theta=5e5)
    assert codes(found(tiny_base, expert).problems) == ["config_differs"]


def test_missing_and_extra_tensors(tiny_base: Path, expert: Path) -> None:
    edit_tensors(expert, **{"model.norm.weight": None, "extra.weight": torch.ones(2)})
    result = found(tiny_base, expert)
    assert codes(result.problems) == ["tensors_missing", "tensors_extra"], "every reason is listed"
    assert "model.norm.weight" in result.problems[0].message
    assert "extra.weight" in result.problems[1].message


def test_tables_that_only_some_versions_store_do_not_matter(tiny_base: Path, expert: Path) -> None:
    edit_tensors(expert, **{"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(2)})
    assert codes(found(tiny_base, expert).problems) == []


def test_other_vocabulary_sizes(tiny_base: Path, expert: Path) -> None:
    table = load_file(expert / MODEL)["model.embed_tokens.weight"]
    edit_tensors(expert, **{"model.embed_tokens.weight": torch.cat([table, table[:4]])})
    edit_config(expert, vocab_size=324)
    result = found(tiny_base, expert)
    assert codes(result.problems) == ["embedding_rows_differ"]
    assert "324" in result.problems[0].message
    assert "320" in result.problems[0].message
    assert "embeddings: common_rows" in result.problems[0].fix
    allowed = found(tiny_base, expert, embeddings="common_rows")
    assert codes(allowed.problems) == []
    assert codes(allowed.warnings) == ["embedding_rows_differ"]
    assert allowed.distance == pytest.approx(0.1, rel=0.1), "over the common rows"


def test_tied_and_untied_embeddings(tiny_base: Path, tmp_path: Path, expert: Path) -> None:
    result = found(tiny_base, make_model(tmp_path / "untied", tied=False))
    assert "tied_embeddings_differ" in codes(result.problems)
    table = load_file(expert / MODEL)["model.embed_tokens.weight"]
    edit_tensors(expert, **{"lm_head.weight": table.clone()})
    assert codes(found(tiny_base, expert).problems) == [], "tied, stored twice"


def test_an_expert_of_another_base(tiny_base: Path, tmp_path: Path) -> None:
    result = found(tiny_base, make_model(tmp_path / "stranger", seed=7))
    assert codes(result.problems) == ["expert_of_other_base"]


def test_an_expert_far_away_is_only_a_warning(tiny_base: Path, tmp_path: Path) -> None:
    result = found(tiny_base, make_model(tmp_path / "far", like=tiny_base, noise=0.8, seed=3))
    assert codes(result.problems) == []
    assert codes(result.warnings) == ["expert_far_from_base"]
    assert result.distance == pytest.approx(0.8, rel=0.1)


def test_an_expert_that_is_the_base(tiny_base: Path) -> None:
    result = found(tiny_base, tiny_base)
    assert codes(result.problems) == []
    assert codes(result.warnings) == ["expert_equals_base"]
    assert result.distance == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(tiny_base: Path, expert: Path, bad: float) -> None:
    edit_tensors(expert, **{"model.norm.weight": torch.full((16,), bad, dtype=torch.bfloat16)})
    result = found(tiny_base, expert)
    assert codes(result.problems) == ["weights_not_finite"]
    assert result.distance is None, "never NaN in an answer"


def test_other_types_are_a_warning(tiny_base: Path, expert: Path) -> None:
    save_file({n: t.float() for n, t in load_file(expert / MODEL).items()}, expert / MODEL)
    result = found(tiny_base, expert)
    assert codes(result.problems) == []
    assert codes(result.warnings) == ["dtype_differs"]
    assert result.distance == pytest.approx(0.1, rel=0.1)


def test_integers_where_the_base_has_weights(tiny_base: Path, expert: Path) -> None:
    edit_tensors(expert, **{"model.norm.weight": torch.ones(16, dtype=torch.int8)})
    assert codes(found(tiny_base, expert).problems) == ["shape_differs"]


def test_quantized_models(tiny_base: Path, expert: Path) -> None:
    edit_config(expert, quantization_config={"quant_method": "gptq", "bits": 4})
    assert codes(found(tiny_base, expert).problems)[0] == "quantized_model"
    assert [p.code for p in check_base(Checkpoint.open(expert), "S/base")] == ["quantized_model"]
    edit_config(expert, ("quantization_config",))
    edit_tensors(expert, **{"model.norm.weight": torch.ones(16).to(torch.float8_e4m3fn)})
    assert [p.code for p in check_base(Checkpoint.open(expert), "S/base")] == ["dtype_unsupported"]


def test_distance_is_right_on_tensors_too_large_to_read_whole(tiny_base: Path, tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    folders = []
    old = {"a.weight": torch.randn(600, 500, generator=generator), "b.weight": torch.ones(90_000)}
    new = {"a.weight": old["a.weight"] * 1.03, "b.weight": old["b.weight"] + 0.1}
    for name, tensors in (("old", old), ("new", new)):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(tiny_base / "config.json", folder)
        save_file(tensors, folder / MODEL)
        folders.append(Checkpoint.open(folder))
    moved = sum((new[n] - old[n]).square().sum() for n in old)
    size = sum(old[n].square().sum() for n in old)
    assert distance(folders[0], folders[1]).relative == pytest.approx(float((moved / size).sqrt()), rel=0.02)


def test_distance_of_an_adapter_equals_the_norm_of_its_deltas(tiny_base: Path, tmp_path: Path) -> None:
    from test_adapter import train

    from merge_lab_agent.adapter import Adapter

    train(tiny_base, tmp_path / "adapter", use_rslora=True, modules_to_save=["down_proj"])
    adapter, base = Adapter.open(tmp_path / "adapter"), Checkpoint.open(tiny_base)
    moved = size = 0.0
    for name in base.tensors:
        stored = base.read(name).double()
        delta = adapter.delta(name, base.read(name))
        moved += 0.0 if delta is None else float(delta.double().square().sum())
        size += float(stored.square().sum())
    result = compare(base, adapter, "S/expert/alpha")
    assert result.distance == pytest.approx((moved / size) ** 0.5, rel=1e-4)
    assert codes(result.problems) == []


def test_adapters_of_other_bases(tiny_base: Path, tmp_path: Path) -> None:
    from test_adapter import train

    from merge_lab_agent.adapter import Adapter

    for name, settings in (
        ("wide", {"hidden_size": 32}),
        ("neox", {"architecture": "gpt_neox"}),
        ("deep", {"num_hidden_layers": 3}),
    ):
        other = make_model(tmp_path / name, **settings)
        modules = ["query_key_value"] if name == "neox" else ["q_proj"]
        train(other, tmp_path / f"{name}-adapter", target_modules=modules)
        adapter = Adapter.open(tmp_path / f"{name}-adapter")
        result = compare(Checkpoint.open(tiny_base), adapter, "S/expert/alpha")
        assert codes(result.problems) == ["adapter_base_mismatch"]
        assert str(other) in result.problems[0].fix, "names the base it was trained on"


def test_an_adapter_of_a_tied_head(tiny_base: Path, tmp_path: Path) -> None:
    from test_adapter import train

    from merge_lab_agent.adapter import Adapter

    train(tiny_base, tmp_path / "adapter", target_modules=["lm_head"])
    result = compare(Checkpoint.open(tiny_base), Adapter.open(tmp_path / "adapter"), "S/expert/alpha")
    assert codes(result.problems) == ["adapter_unsupported"]


def test_tokenizers(tiny_base: Path, expert: Path) -> None:
    base = Tokenizer.load(tiny_base)

    def result() -> Findings:
        return compare_tokenizers(base, expert, "S/expert/alpha")

    assert codes(result().problems + result().warnings) == []
    extended = tiny_tokenizer().backend_tokenizer.from_str(tiny_tokenizer().backend_tokenizer.to_str())
    extended.add_tokens(["<|tool|>"])
    extended.save(str(expert / "tokenizer.json"))
    assert codes(result().problems) == []
    assert codes(result().warnings) == ["tokenizer_extended"]
    text = (tiny_base / "tokenizer.json").read_text(encoding="utf-8")
    ids = json.loads(text)["model"]["vocab"]
    swapped = json.loads(text)
    swapped["model"]["vocab"] |= {"a": ids["b"], "b": ids["a"]}
    (expert / "tokenizer.json").write_text(json.dumps(swapped), encoding="utf-8")
    assert codes(result().problems) == ["tokenizer_differs"]
    assert "2 of" in result().problems[0].message
    (expert / "tokenizer.json").unlink()
    assert codes(result().problems + result().warnings) == [], "an expert may leave it out"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("default/expert/physics", "expert physics"),
        ("7B/expert/physics", "expert physics of size 7B"),
        ("7B/base", "base of size 7B"),
        ("reference/all", "reference all"),
    ],
)
def test_messages_begin_with_the_name_in_the_experiment(
    tiny_base: Path, expert: Path, model: str, name: str
) -> None:
    text = (tiny_base / "tokenizer.json").read_text(encoding="utf-8")
    swapped = json.loads(text)
    ids = swapped["model"]["vocab"]
    ids["a"], ids["b"] = ids["b"], ids["a"]
    (expert / "tokenizer.json").write_text(json.dumps(swapped), encoding="utf-8")
    (problem,) = compare_tokenizers(Tokenizer.load(tiny_base), expert, model).problems
    assert problem.message.startswith(f"{name}: {expert} has another tokenizer")
    assert str(problem) == problem.message


def test_duplicates() -> None:
    warnings = duplicates({"S/expert/a": "1", "S/expert/b": "2", "S/expert/c": "1"})
    assert [(w.code, w.where["model"]) for w in warnings] == [("experts_identical", "S/expert/c")]
    assert "S/expert/a" in warnings[0].message
