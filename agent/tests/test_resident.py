"""The pool and the resident model: merges of real checkpoints, whatever ran before, on every architecture."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model
from transformers import AutoConfig, AutoModelForCausalLM

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.models import open_model
from merge_lab_agent.problem import Problem
from merge_lab_agent.resident import ResidentModel
from merge_lab_agent.task_vectors import Pool

AVERAGE = {"method": "average", "compatibility": "none"}
METHODS: list[dict[str, Any]] = [
    AVERAGE,
    {"method": "task_arithmetic", "scale": 0.8, "normalize": True, "compatibility": "none"},
    {"method": "task_arithmetic", "scale": 0.3, "normalize": False, "compatibility": "none"},
    {"method": "ties", "scale": 0.5, "density": 1.0, "trim_scope": "tensor", "compatibility": "none"},
    {"method": "ties", "scale": 0.5, "density": 0.3, "trim_scope": "tensor", "compatibility": "none"},
    {"method": "ties", "scale": 1.0, "density": 0.2, "trim_scope": "model", "compatibility": "none"},
    {"method": "dare", "drop_rate": 0.2, "compatibility": "none"},
    {"method": "dare_ties", "drop_rate": 0.5, "scale": 1.0, "compatibility": "none"},
    {"method": "dare", "drop_rate": 0.5, "compatibility": "mergekit"},
    {"method": "ties", "scale": 1.0, "density": 0.5, "trim_scope": "tensor", "compatibility": "mergekit"},
]
MAPPED, RESIDENT = 1000, 1 << 30  # bytes of memory for the pool


def pool_of(base: Path, experts: dict[str, Path], memory: int = RESIDENT, embeddings: str = "exact") -> Pool:
    opened = {name: open_model(path) for name, path in experts.items()}
    marks = {name: fingerprint(model) for name, model in opened.items()}
    return Pool(Checkpoint.open(base), opened, marks, embeddings, memory_limit=memory)


def parameters(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def digest(model: torch.nn.Module) -> str:
    total = hashlib.sha256()
    for name, tensor in sorted(parameters(model).items()):
        total.update(name.encode() + tensor.contiguous().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def seed_of(method: dict[str, Any]) -> int | None:
    return 0 if str(method["method"]).startswith("dare") else None


def in_float64(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor.double() for name, tensor in load_file(folder / "model.safetensors").items()}


@pytest.fixture(scope="module")
def resident(tiny_base: Path, tiny_experts: dict[str, Path]) -> ResidentModel:
    return ResidentModel(pool_of(tiny_base, tiny_experts), dtype="float32", device="cpu")


def test_average_of_real_checkpoints_equals_the_closed_form(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    resident.apply(AVERAGE, ["alpha", "gamma"], None)
    base, experts = in_float64(tiny_base), [in_float64(tiny_experts[n]) for n in ("alpha", "gamma")]
    got = parameters(resident.model)
    assert len(base) >= 20
    for name, theta in base.items():
        expected = theta + sum(expert[name] - theta for expert in experts) / 2
        assert (got[name].double() - expected).abs().max() < 1e-6, name


def test_base_and_experts_unmerged_are_exactly_themselves(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    for subset, folder in ([], tiny_base), (["beta"], tiny_experts["beta"]):
        resident.apply(AVERAGE, ["alpha", "beta"], None)
        resident.apply(None, subset, None)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        assert digest(resident.model) == digest(model)


def test_weights_add_each_task_vector_times_its_weight(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    weights = {"alpha": 0.25, "beta": -0.5}
    resident.apply(None, list(weights), None, weights)
    base = in_float64(tiny_base)
    experts = {name: in_float64(tiny_experts[name]) for name in weights}
    got = parameters(resident.model)
    for name, theta in base.items():
        expected = theta + sum(w * (experts[e][name] - theta) for e, w in weights.items())
        assert (got[name].double() - expected).abs().max() < 1e-6, name


@pytest.mark.parametrize("method", METHODS, ids=lambda m: "-".join(str(v) for v in m.values()))
def test_bits_do_not_depend_on_what_ran_before_nor_on_memory(
    method: dict[str, Any], tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    subset, digests = ["gamma", "alpha", "beta"], set()
    for memory in (MAPPED, RESIDENT):
        fresh = ResidentModel(pool_of(tiny_base, tiny_experts, memory), dtype="float32", device="cpu")
        assert fresh.pool.resident == (memory == RESIDENT)
        fresh.apply(method, subset, seed_of(method))
        digests.add(digest(fresh.model))
        for other in METHODS:
            fresh.apply(other, ["beta"], seed_of(other))
        fresh.apply(method, subset, seed_of(method))
        digests.add(digest(fresh.model))
    assert len(digests) == 1


def test_masks_thrown_away_for_want_of_memory_come_back_the_same(
    tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    method = {"method": "dare", "drop_rate": 0.2, "compatibility": "none"}
    digests = set()
    for memory in (0, 700, 3000, 1 << 20, RESIDENT):
        model = ResidentModel(pool_of(tiny_base, tiny_experts, memory), dtype="float32", device="cpu")
        for _ in range(2):
            model.apply(method, ["alpha", "beta", "gamma"], 4)
            digests.add(digest(model.model))
    assert len(digests) == 1


def test_order_of_the_subset_matters_only_to_mergekit(resident: ResidentModel) -> None:
    for method in METHODS:
        digests = set()
        for subset in (["alpha", "beta", "gamma"], ["gamma", "beta", "alpha"]):
            resident.apply(method, subset, seed_of(method))
            digests.add(digest(resident.model))
        drawn_in_order = method["method"] == "dare" and method["compatibility"] == "mergekit"
        assert method["compatibility"] == "mergekit" or len(digests) == 1
        assert not drawn_in_order or len(digests) == 2


def test_what_mergekit_refuses_is_refused_whatever_was_trimmed_before(
    tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    model = ResidentModel(pool_of(tiny_base, tiny_experts), dtype="float32", device="cpu")
    ours = {"method": "ties", "scale": 1.0, "density": 0.001, "trim_scope": "tensor", "compatibility": "none"}
    model.apply(ours, ["alpha", "beta"], None)
    with pytest.raises(Problem) as caught:
        model.apply(ours | {"compatibility": "mergekit"}, ["alpha", "beta"], None)
    assert caught.value.code == "method_invalid"


def test_bfloat16_parameters_are_the_float32_merge_rounded_once(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    narrow = ResidentModel(pool_of(tiny_base, tiny_experts), dtype="bfloat16", device="cpu")
    for method in METHODS:
        resident.apply(method, ["alpha", "beta"], seed_of(method))
        narrow.apply(method, ["alpha", "beta"], seed_of(method))
        wide = parameters(resident.model)
        for name, tensor in parameters(narrow.model).items():
            assert tensor.dtype == torch.bfloat16
            assert torch.equal(tensor, wide[name].bfloat16()), (method, name)


def test_tied_embeddings_stay_one_parameter(resident: ResidentModel) -> None:
    resident.apply(AVERAGE, ["alpha", "beta"], None)
    model: Any = resident.model
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()


# DARE ----------------------------------------------------------------------------------------------------


def task_vector(resident: ResidentModel, base: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.double() - base[name] for name, tensor in parameters(resident.model).items()}


def test_an_expert_has_the_same_mask_in_every_subset(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    """From merges alone: 2·merge(α,β) − merge(β) must be merge(α), dropped entries and all."""
    method = {"method": "dare", "drop_rate": 0.4, "compatibility": "none"}
    base = in_float64(tiny_base)
    changes = {}
    for subset in (("alpha",), ("beta",), ("alpha", "beta"), ("alpha", "beta", "gamma"), ("gamma",)):
        resident.apply(method, list(subset), 3)
        changes[subset] = task_vector(resident, base)
    dropped = 0
    for name in base:
        alpha, beta = changes["alpha",][name], changes["beta",][name]
        assert (2 * changes["alpha", "beta"][name] - beta - alpha).abs().max() < 2e-6
        three = 3 * changes["alpha", "beta", "gamma"][name] - beta - changes["gamma",][name]
        assert (three - alpha).abs().max() < 3e-6
        dropped += int((alpha == 0).sum())
    assert dropped > 0.35 * sum(tensor.numel() for tensor in base.values())


def test_the_mean_over_seeds_is_the_average(resident: ResidentModel, tiny_base: Path) -> None:
    """400 seeds: the largest of all deviations, in standard errors, is what chance allows."""
    seeds, p = 400, 0.3
    base = in_float64(tiny_base)
    resident.apply(AVERAGE, ["alpha"], None)
    truth = task_vector(resident, base)
    sums = {name: torch.zeros_like(tensor) for name, tensor in truth.items()}
    for seed in range(seeds):
        resident.apply({"method": "dare", "drop_rate": p, "compatibility": "none"}, ["alpha"], seed)
        for name, change in task_vector(resident, base).items():
            sums[name] += change
    deviations = []
    for name, v in truth.items():
        error = v.abs() * (p / (1 - p) / seeds) ** 0.5
        moved = error > 1e-5
        deviations.append(((sums[name] / seeds - v)[moved] / error[moved]).flatten())
    z = torch.cat(deviations)
    assert z.numel() > 5000
    assert abs(float(z.mean())) < 5 / z.numel() ** 0.5
    assert abs(float((z**2).mean()) - 1) < 0.1
    assert float(z.abs().max()) < 6


def test_two_processes_merge_the_same_bits(
    resident: ResidentModel, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    method = {"method": "dare_ties", "drop_rate": 0.2, "scale": 1.0, "compatibility": "none"}
    resident.apply(method, ["alpha", "beta", "gamma"], 11)
    code = (
        "import sys, torch; sys.path.insert(0, sys.argv[1]); torch.set_num_threads(2)\n"
        "from pathlib import Path; from test_resident import *\n"
        "folders = [Path(p) for p in sys.argv[2:]]\n"
        "experts = {folder.name: folder for folder in folders[1:]}\n"
        "model = ResidentModel(pool_of(folders[0], experts, MAPPED), dtype='float32', device='cpu')\n"
        f"model.apply({method!r}, ['gamma', 'beta', 'alpha'], 11); print(digest(model.model))"
    )
    folders = [str(tiny_base), *map(str, tiny_experts.values())]
    run = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent), *folders], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[-1] == digest(resident.model)


# Architectures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", ["llama", "gpt_neox", "gemma2", "gpt2"])
@pytest.mark.parametrize("tied", [True, False])
def test_merges_of_other_architectures_equal_loading_the_average(
    tmp_path: Path, architecture: str, tied: bool
) -> None:
    base = make_model(tmp_path / "base", architecture=architecture, dtype="float32", tied=tied)
    experts = {n: make_model(tmp_path / n, like=base, noise=0.1, seed=s) for n, s in (("a", 1), ("b", 2))}
    model = ResidentModel(pool_of(base, experts), dtype="float32", device="cpu")
    model.apply(AVERAGE, ["a", "b"], None)
    loaded = [
        parameters(AutoModelForCausalLM.from_pretrained(f, dtype=torch.float32)) for f in experts.values()
    ]
    for name, tensor in parameters(model.model).items():
        assert (tensor - (loaded[0][name] + loaded[1][name]) / 2).abs().max() < 1e-6, name


@pytest.mark.parametrize("architecture", ["mixtral", "qwen3_moe"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_experts_that_loading_fuses_into_one_parameter(tmp_path: Path, architecture: str, dtype: str) -> None:
    shape = {"hidden_size": 16, "intermediate_size": 32, "moe_intermediate_size": 8, "num_hidden_layers": 2}
    shape |= {"num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 64, "head_dim": 4}
    shape |= {"num_local_experts": 4, "num_experts": 4}
    torch.manual_seed(0)
    config = AutoConfig.for_model(architecture, **shape)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "base")
    base = tmp_path / "base"
    experts = {n: make_model(tmp_path / n, like=base, noise=0.1, seed=s) for n, s in (("a", 1), ("b", 2))}
    model = ResidentModel(pool_of(base, experts), dtype=dtype, device="cpu")
    model.apply(AVERAGE, ["a", "b"], None)
    loaded = [
        parameters(AutoModelForCausalLM.from_pretrained(f, dtype=torch.float32)) for f in experts.values()
    ]
    fused = [name for name, tensor in parameters(model.model).items() if tensor.dim() == 3]
    assert fused or not _fuses()
    for name, tensor in parameters(model.model).items():
        expected = (loaded[0][name] + loaded[1][name]) / 2
        rounding = 0.0 if dtype == "float32" else 2.0**-8
        assert bool(((tensor.float() - expected).abs() <= expected.abs() * rounding + 1e-6).all()), name
    before = digest(model.model)
    model.apply(None, ["a"], None)
    model.apply(AVERAGE, ["b", "a"], None)
    assert digest(model.model) == before


def _fuses() -> bool:
    import transformers

    return int(transformers.__version__.split(".")[0]) >= 5


def test_sharded_experts_and_other_dtypes_merge_like_single_files(
    tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path, resident: ResidentModel
) -> None:
    wide = AutoModelForCausalLM.from_pretrained(tiny_experts["alpha"], dtype=torch.float32)
    wide.save_pretrained(tmp_path / "alpha", max_shard_size="10KB")
    assert len(list((tmp_path / "alpha").glob("*.safetensors"))) > 1
    sharded = ResidentModel(
        pool_of(tiny_base, tiny_experts | {"alpha": tmp_path / "alpha"}), dtype="float32", device="cpu"
    )
    for model in (sharded, resident):
        model.apply(AVERAGE, ["alpha"], None)
    assert digest(sharded.model) == digest(resident.model)


# Adapters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("memory", [MAPPED, RESIDENT])
def test_a_lora_adapter_is_an_expert_like_its_merged_checkpoint(
    tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path, memory: int
) -> None:
    peft = pytest.importorskip("peft")
    torch.manual_seed(5)
    model = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
    settings = peft.LoraConfig(r=4, lora_alpha=16, target_modules=["q_proj", "down_proj"])
    tuned = peft.get_peft_model(model, settings)
    for name, parameter in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    tuned.save_pretrained(tmp_path / "lora")
    merged = parameters(tuned.merge_and_unload())
    experts = {"lora": tmp_path / "lora", "beta": tiny_experts["beta"]}
    resident = ResidentModel(pool_of(tiny_base, experts, memory), dtype="float32", device="cpu")
    resident.apply(None, ["lora"], None)
    alone = parameters(resident.model)
    base, beta = in_float64(tiny_base), in_float64(tiny_experts["beta"])
    moved = sum(int((alone[name] != base[name].float()).any()) for name in alone)
    assert moved == 4
    resident.apply(AVERAGE, ["beta", "lora"], None)
    both = parameters(resident.model)
    for name in alone:
        assert (alone[name] - merged[name]).abs().max() < 1e-6, name
        expected = (merged[name].double() + beta[name]) / 2
        assert (both[name].double() - expected).abs().max() < 1e-6, name


# Embeddings of another size ------------------------------------------------------------------------------


def with_rows(like: Path, folder: Path, rows: int) -> Path:
    make_model(folder, like=like)
    tensors = load_file(folder / "model.safetensors")
    table = tensors["model.embed_tokens.weight"]
    more = torch.full((max(0, rows - len(table)), table.shape[1]), 9.0, dtype=table.dtype)
    tensors["model.embed_tokens.weight"] = torch.cat([table[:rows], more]).contiguous()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize("memory", [MAPPED, RESIDENT])
@pytest.mark.parametrize("rows", [300, 336])
def test_common_rows_merges_the_rows_that_both_have(
    tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path, rows: int, memory: int
) -> None:
    other = with_rows(tiny_experts["alpha"], tmp_path / "other", rows)
    experts = {"other": other, "beta": tiny_experts["beta"]}
    with pytest.raises(Problem) as refused:
        pool_of(tiny_base, experts)
    assert refused.value.code == "embedding_rows"
    assert "320×16" in refused.value.message and f"{rows}×16" in refused.value.message
    model = ResidentModel(pool_of(tiny_base, experts, memory, "common_rows"), dtype="float32", device="cpu")
    model.apply(AVERAGE, ["other", "beta"], None)
    got = parameters(model.model)["model.embed_tokens.weight"].double()
    name, common = "model.embed_tokens.weight", min(rows, 320)
    base, beta = in_float64(tiny_base)[name], in_float64(tiny_experts["beta"])[name]
    alpha = in_float64(tiny_experts["alpha"])[name]
    assert got.shape == (320, 16)
    assert (got[:common] - (alpha[:common] + beta[:common]) / 2).abs().max() < 1e-6
    assert (got[common:] - (base[common:] + beta[common:]) / 2).abs().max() < 1e-6 if common < 320 else True


# What cannot be merged -----------------------------------------------------------------------------------


def test_missing_tensors_and_other_shapes_are_named(
    tiny_base: Path, tiny_experts: dict[str, Path], tmp_path: Path
) -> None:
    for change, code in ((None, "tensor_missing"), (torch.zeros(5), "shape_mismatch")):
        folder = make_model(tmp_path / code, like=tiny_experts["alpha"])
        tensors = load_file(folder / "model.safetensors")
        del tensors["model.norm.weight"]
        if change is not None:
            tensors["model.norm.weight"] = change
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        with pytest.raises(Problem) as refused:
            pool_of(tiny_base, {"odd": folder})
        assert refused.value.code == code
        assert "model.norm.weight" in refused.value.message and "odd" in refused.value.message


@pytest.mark.parametrize(
    ("architecture", "tensor"),
    # transformers gives the head of GPT-NeoX another name while loading.
    [("qwen2", "model.layers.1.mlp.up_proj.weight"), ("gpt_neox", "gpt_neox.final_layer_norm.weight")],
)
@pytest.mark.parametrize("tied", [False, True])
def test_a_base_with_a_missing_tensor_is_refused_not_filled_with_made_up_values(
    architecture: str, tensor: str, tied: bool, tmp_path: Path
) -> None:
    folder = make_model(tmp_path / "base", architecture=architecture, tied=tied, tokenizer=False)
    ResidentModel(pool_of(folder, {}), dtype="float32", device="cpu")
    tensors = load_file(folder / "model.safetensors")
    del tensors[tensor]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(Problem) as refused:
        ResidentModel(pool_of(folder, {}), dtype="float32", device="cpu")
    assert refused.value.code == "weights_missing"
    assert f"no tensor for {tensor}, " in refused.value.message


def test_unknown_experts_dtypes_and_architectures_are_refused(
    resident: ResidentModel, tiny_base: Path, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as refused:
        resident.apply(AVERAGE, ["alpha", "nobody"], None)
    assert refused.value.code == "expert_unknown"
    with pytest.raises(Problem) as refused:
        resident.apply(None, ["alpha", "beta"], None)
    assert refused.value.code == "method_invalid"
    with pytest.raises(Problem) as refused:
        ResidentModel(pool_of(tiny_base, {}), dtype="int8", device="cpu")
    assert refused.value.code == "dtype_unsupported"
    folder = make_model(tmp_path / "odd", like=tiny_base)
    config = (folder / "config.json").read_text().replace('"model_type": "qwen2"', '"model_type": "nonesuch"')
    (folder / "config.json").write_text(config)
    with pytest.raises(Problem) as refused:
        ResidentModel(pool_of(folder, {}), dtype="float32", device="cpu")
    assert refused.value.code == "model_unsupported"
