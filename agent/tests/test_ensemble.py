"""Ensembles: models that differ in all score the same bytes, each sample by itself."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from small_plans import SmallPlan, decode, key_of, save_plan
from tiny_models import make_model, other_tokenizer, piece_tokenizer, tiny_records, write_records
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.crew import memory_of_worker
from merge_lab_agent.ensemble_evaluation import cut_to_bytes
from merge_lab_agent.estimate import memory_together
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.model_cost import model_cost
from merge_lab_agent.plan import Plan
from merge_lab_agent.prepare import prepare
from merge_lab_agent.problem import Problem
from merge_lab_agent.run import run
from merge_lab_agent.store import Store

Answer = dict[str, Any]

TEXTS = [
    {"text": "The sum of the numbers is 12, né à Zürich: 数学 🧮 and so on. " * 3},
    {"text": "  Solve for x.\n\nThe answer is 3.  "},
    {"text": "   "},
    {"text": "∑" * 40},
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three families with three tokenizers, and two domains: questions with answers, and texts."""
    folder = tmp_path / "ensemble"
    make_model(folder / "qwen", dtype="float32")
    make_model(folder / "neox", architecture="gpt_neox", tied=False, dtype="float32", seed=1, tokenizer=False)
    other_tokenizer(bos_token="<|end|>", eos_token="<|end|>").save_pretrained(folder / "neox")
    make_model(folder / "llama", architecture="llama", dtype="float32", seed=2, tokenizer=False)
    piece_tokenizer().save_pretrained(folder / "llama")
    write_records(folder / "eval" / "alpha.json", tiny_records("alpha"))
    write_records(folder / "eval" / "prose.json", TEXTS)
    return folder


def request(root: Path, *names: str, **evaluation: Any) -> Answer:
    models = [
        {"id": name, "source": f"./{name}", "role": "model", "size": None, "name": name}
        for name in names or ("qwen", "neox", "llama")
    ]
    settings = {
        "domains": {"alpha": "./eval/alpha.json", "prose": "./eval/prose.json"},
        "max_length": 2048,
        "max_tokens_per_domain": None,
        "chat_template": "auto",
        "dtype": "auto",
        "max_bytes": 100,
    }
    return {
        "store": str(root / ".mergelab" / "local"),
        "root": str(root),
        "models": models,
        "embeddings": "exact",
        "evaluation": settings | evaluation,
        "device": "cpu",
        "allow_remote_code": [],
    }


def sets_of(root: Path, answer: Answer, domain: str) -> dict[str, EvaluationSet]:
    store = root / ".mergelab" / "local"
    return {
        name: EvaluationSet.read(store, model["evaluations"][domain])
        for name, model in answer["models"].items()
    }


def text_of(folder: Path, ids: list[int]) -> str:
    return str(AutoTokenizer.from_pretrained(folder).backend_tokenizer.decode(ids, skip_special_tokens=False))


# The same bytes


def test_all_tokenizers_score_the_same_bytes_of_every_sample(root: Path) -> None:
    answer = prepare(request(root))
    assert answer["problems"] == []
    for domain in ("alpha", "prose"):
        sets = sets_of(root, answer, domain)
        sizes = {name: [(s.id, s.bytes, s.truncated) for s in found.samples] for name, found in sets.items()}
        assert sizes["qwen"] == sizes["neox"] == sizes["llama"]
        assert len({sum(s.bytes for s in found.samples) for found in sets.values()}) == 1
        assert len({found.scored_tokens for found in sets.values()}) == 3
        assert len({found.id for found in sets.values()}) == 3


def test_what_is_scored_is_the_text_itself_stripped_and_cut(root: Path) -> None:
    answer = prepare(request(root, "qwen", "neox"))
    texts = [cut_to_bytes(record["text"].strip(), 100).rstrip() for record in TEXTS if record["text"].strip()]
    answers = [record["output"].strip() for record in tiny_records("alpha")]
    for domain, expected in (("prose", texts), ("alpha", answers)):
        for name, found in sets_of(root, answer, domain).items():
            scored = [text_of(root / name, [s.tokens[t] for t in s.scored]) for s in found.samples]
            assert scored == expected
            assert [s.bytes for s in found.samples] == [len(text.encode()) for text in expected]
    assert [s.truncated for s in sets_of(root, answer, "prose")["qwen"].samples] == [True, False, True]
    assert sets_of(root, answer, "prose")["qwen"].excluded == 1


def test_a_plain_text_follows_a_beginning_or_end_of_text_for_every_model(root: Path) -> None:
    answer = prepare(request(root))
    first = {name: found.samples[0] for name, found in sets_of(root, answer, "prose").items()}
    assert all(sample.scored == list(range(1, len(sample.tokens))) for sample in first.values())
    assert first["llama"].tokens[0] == 1
    assert first["neox"].tokens[0] == 0
    assert first["qwen"].tokens[0] == 2  # it names no beginning: the end of the text before


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), st.integers(0, 60))
def test_texts_are_cut_between_characters(text: str, most: int) -> None:
    kept = cut_to_bytes(text, most)
    assert text.startswith(kept)
    assert len(kept.encode()) <= most
    if kept != text:
        assert len(text[: len(kept) + 1].encode()) > most


# What cannot be scored


def test_a_sample_that_is_too_long_for_a_model_is_left_out_whole(root: Path) -> None:
    config = json.loads((root / "neox" / "config.json").read_text())
    (root / "neox" / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 40}))
    answer = prepare(request(root))
    sets = sets_of(root, answer, "prose")
    assert [s.id for s in sets["qwen"].samples] == [0, 1, 3]
    assert [s.id for s in sets["neox"].samples] == [1]
    assert sets["neox"].shared is not None
    assert [(each.id, each.bytes) for each in sets["neox"].shared.overlong] == [
        (s.id, s.bytes) for s in sets["qwen"].samples if s.id != 1
    ]
    assert answer["evaluations"][sets["neox"].id]["overlong"] == 2
    assert all(len(s.tokens) <= 40 for s in sets["neox"].samples)


def test_a_tokenizer_without_a_start_cannot_score_plain_text(root: Path) -> None:
    other_tokenizer().save_pretrained(root / "neox")
    config = json.loads((root / "neox" / "config.json").read_text())
    (root / "neox" / "config.json").write_text(json.dumps(config | {"bos_token_id": None}))
    (problem,) = prepare(request(root))["problems"]
    assert (problem["code"], problem["model"], problem["domain"]) == ("no_start_token", "neox", "prose")
    assert prepare(request(root, domains={"alpha": "./eval/alpha.json"}))["problems"] == []


def other_neox(root: Path, tokenizer: Tokenizer, **named: str) -> None:
    shutil.rmtree(root / "neox")
    make_model(root / "neox", architecture="gpt_neox", dtype="float32", seed=1, tokenizer=False)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named).save_pretrained(root / "neox")


def test_a_tokenizer_that_gives_no_text_back_is_refused(root: Path) -> None:
    words = {"[UNK]": 0, "The": 1, "answer": 2, "is": 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    other_neox(root, tokenizer, unk_token="[UNK]")
    (problem,) = prepare(request(root, domains={"alpha": "./eval/alpha.json"}))["problems"]
    assert (problem["code"], problem["model"]) == ("tokenizer_lossy", "neox")


def byte_level(normalizer: normalizers.Normalizer | None, *, decoder: bool = True) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel() if decoder else None
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([], trainers.BpeTrainer(special_tokens=["<s>"], initial_alphabet=alphabet))
    return tokenizer


def test_records_that_a_tokenizer_changes_are_left_out_and_said(root: Path) -> None:
    texts = ["plain words", "two  spaces", "Ärger über ①", "e\u0301t\u00e9 😀"]
    records = [{"instruction": "Say it.", "output": text} for text in texts]
    (root / "eval" / "alpha.json").write_text(json.dumps(records))
    changing: dict[str, tuple[normalizers.Normalizer | None, list[int]]] = {
        "none": (None, [0, 1, 2, 3]),
        "collapses spaces": (normalizers.Replace(Regex(" {2,}"), " "), [0, 2, 3]),
        "composes": (normalizers.NFKC(), [0, 1]),
        "lowers": (normalizers.Lowercase(), [0, 1, 3]),
    }
    for normalizer, kept in changing.values():
        other_neox(root, byte_level(normalizer), bos_token="<s>")
        answer = prepare(request(root, domains={"alpha": "./eval/alpha.json"}))
        sets = sets_of(root, answer, "alpha")
        assert [sample.id for sample in sets["neox"].samples] == kept
        assert sets["neox"].excluded == 0
        codes = [(warning["code"], warning["model"]) for warning in answer["warnings"]]
        assert codes == [("tokenizer_lossy", "neox")] * (len(kept) < len(texts))
        if kept == [0, 2, 3]:
            assert "'two  spaces' becomes 'two spaces' in record 1" in answer["warnings"][0]["message"]


def test_byte_level_tokens_are_read_without_a_decoder_too(root: Path) -> None:
    other_neox(root, byte_level(None, decoder=False), bos_token="<s>")
    answer = prepare(request(root, domains={"alpha": "./eval/alpha.json"}))
    assert answer["problems"] == answer["warnings"] == []


def test_an_adapter_and_a_missing_model_are_named(root: Path) -> None:
    (root / "lora").mkdir()
    (root / "lora" / "adapter_config.json").write_text("{}")
    answer = prepare(request(root, "qwen", "lora", "nowhere"))
    assert {(p["code"], p["model"]) for p in answer["problems"]} == {
        ("adapter_unsupported", "lora"),
        ("model_missing", "nowhere"),
    }


def test_what_an_id_hashes_is_checked(root: Path) -> None:
    """Bytes and ids of samples decide how models are compared, so they are part of it."""
    answer = prepare(request(root, "qwen", "neox"))
    store = Store(root / ".mergelab" / "local")
    id = answer["models"]["qwen"]["evaluations"]["alpha"]
    file = store.evaluation(id)
    file.write_bytes(file.read_bytes().replace(b'"bytes":', b'"bytes":1', 1))
    with pytest.raises(Problem) as raised:
        EvaluationSet.read(store, id)
    assert raised.value.code == "evaluation_damaged"


# What a model costs


def test_parameters_active_ones_embeddings_and_flops_are_counted(tmp_path: Path) -> None:
    qwen = Checkpoint.open(make_model(tmp_path / "qwen", tokenizer=False))
    cost, table = model_cost(qwen), 320 * 16
    assert (cost.total, cost.active, cost.embedding) == (qwen.parameters, qwen.parameters, table)
    assert cost.flops_per_token == 2 * cost.total  # the tied table is looked up once and multiplied once
    neox = Checkpoint.open(
        make_model(tmp_path / "neox", architecture="gpt_neox", tied=False, tokenizer=False)
    )
    cost = model_cost(neox)
    assert cost.embedding == 2 * table
    assert cost.flops_per_token == 2 * (cost.total - table)
    gpt2 = Checkpoint.open(make_model(tmp_path / "gpt2", architecture="gpt2", tokenizer=False))
    assert model_cost(gpt2).embedding == table + 256 * 16


@pytest.mark.parametrize("architecture", ["mixtral", "qwen2_moe"])
def test_of_a_mixture_only_the_experts_that_a_token_uses_are_active(
    architecture: str, tmp_path: Path
) -> None:
    from transformers import AutoConfig

    settings = {"hidden_size": 16, "intermediate_size": 32, "moe_intermediate_size": 32, "vocab_size": 320}
    settings |= {"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
    settings |= {"shared_expert_intermediate_size": 24, "num_experts_per_tok": 2}
    settings |= {"num_local_experts" if architecture == "mixtral" else "num_experts": 8}
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(architecture, **settings))
    model.save_pretrained(tmp_path)
    cost = model_cost(Checkpoint.open(tmp_path))
    experts = 2 * 8 * 3 * 16 * 32
    assert cost.total - cost.active == experts * 6 // 8
    assert cost.flops_per_token == 2 * (cost.active - cost.embedding + 320 * 16)


# Scoring


def plain_losses(folder: Path, records: list[dict[str, str]]) -> list[float]:
    """Nats of each text by full logits of each sequence alone, straight from the record."""
    tokenizer = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    start = 0 if folder.name == "neox" else 2
    losses = []
    for record in records:
        ids = tokenizer.encode(record["text"], add_special_tokens=False).ids
        with torch.inference_mode():
            log_p = model(torch.tensor([[start, *ids]])).logits[0].double().log_softmax(-1)
        losses.append(-sum(float(log_p[t, token]) for t, token in enumerate(ids)))
    return losses


def test_every_sample_has_its_own_loss_however_many_there_are(root: Path) -> None:
    records = [{"text": f"The sum of {i} and {i * i % 97} is {i + i * i % 97}."} for i in range(1_100)]
    write_records(root / "eval" / "prose.json", records)
    answer = prepare(request(root, "qwen", "neox", domains={"prose": "./eval/prose.json"}))
    store = Store(root / ".mergelab" / "local")
    lines = [{"key": key_of(model=name), "model": name} for name in answer["models"]]
    header = {"format": 1, "scorer": 1, "kind": "ensemble", "models": answer["models"]}
    plan = save_plan(store, header, lines)
    status = run(plan.request("first"))
    assert (status["state"], status["done"], status["total"]) == ("done", 2, 2)
    found = results(store)
    for name in answer["models"]:
        line = found[key_of(model=name)]
        values = np.frombuffer(line["per_sample"], "<f4")
        assert (line["samples"], len(values)) == (1_100, 1_100)
        assert values[:40] == pytest.approx(plain_losses(root / name, records[:40]), rel=1e-5)
        assert math.isclose(float(values.astype(float).sum()), line["nll"], rel_tol=1e-6)
    again = run(plan.request("second"))
    assert (again["state"], again["at_start"]) == ("done", 2)


def test_a_model_that_cannot_be_loaded_does_not_keep_the_others_from_being_scored(root: Path) -> None:
    file = root / "llama" / "model.safetensors"
    tensors = load_file(file)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, file, metadata={"format": "pt"})
    answer = prepare(request(root, "llama", "qwen", domains={"alpha": "./eval/alpha.json"}))
    store = Store(root / ".mergelab" / "local")
    lines = [{"key": key_of(model=name), "model": name} for name in answer["models"]]
    plan = save_plan(store, {"format": 1, "scorer": 1, "kind": "ensemble", "models": answer["models"]}, lines)
    status = run(plan.request("only"))
    assert (status["state"], status["done"], status["failed"]) == ("done", 1, 1)
    found = results(store)
    assert found[key_of(model="qwen")]["code"] is None
    assert found[key_of(model="llama")]["code"] == "weights_missing"
    assert found[key_of(model="llama")]["attempt"] == 2


# Averaged logits


def averaged_plan(root: Path, *members: str) -> tuple[SmallPlan, Answer]:
    make_model(root / "twin", dtype="float32", seed=5)
    answer = prepare(request(root, "qwen", "twin", "neox", domains={"prose": "./eval/prose.json"}))
    assert answer["problems"] == []
    lines = [
        {"key": key_of(average=list(members)), "average": list(members)},
        {"key": key_of(model="twin"), "model": "twin"},
    ]
    header = {"format": 1, "scorer": 1, "kind": "ensemble", "models": answer["models"]}
    return save_plan(Store(root / ".mergelab" / "local"), header, lines), answer


def test_averaged_logits_are_scored_like_a_model(root: Path) -> None:
    plan, answer = averaged_plan(root, "qwen", "twin")
    status = run(plan.request("only"))
    assert (status["state"], status["done"], status["failed"]) == ("done", 2, 0)
    line = results(plan.store)[key_of(average=["qwen", "twin"])]
    models: list[Any] = [AutoModelForCausalLM.from_pretrained(root / name) for name in ("qwen", "twin")]
    losses = []
    for sample in sets_of(root, answer, "prose")["qwen"].samples:
        with torch.inference_mode():
            logits = [model.eval()(torch.tensor([sample.tokens])).logits[0].double() for model in models]
        log_p = ((logits[0] + logits[1]) / 2).log_softmax(-1)
        losses.append(-sum(float(log_p[t - 1, sample.tokens[t]]) for t in sample.scored))
    assert np.frombuffer(line["per_sample"], "<f4") == pytest.approx(losses, rel=1e-5)


def test_a_worker_has_memory_for_all_models_that_it_averages(root: Path) -> None:
    plan, _ = averaged_plan(root, "qwen", "twin")
    read = Plan.read(plan.store, plan.id)
    average, model = read.merges
    assert model.size == "twin"
    alone, together = memory_of_worker(read, [model]), memory_of_worker(read, read.merges)
    assert together == memory_of_worker(read, [average]) == memory_together([alone, alone])


def test_models_that_do_not_fit_together_fail_by_themselves(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = averaged_plan(root, "qwen", "twin")
    monkeypatch.setattr("merge_lab_agent.averaged_room.available_memory", lambda device: 1_000_000)
    status = run(plan.request("only"))
    assert (status["state"], status["done"], status["failed"]) == ("done", 1, 1)
    line = results(plan.store)[key_of(average=["qwen", "twin"])]
    assert line["code"] == "memory_too_small"
    assert "2 models at once need about 0." in line["message"]


def test_models_of_two_tokenizers_have_no_averaged_logits(root: Path) -> None:
    plan, _ = averaged_plan(root, "qwen", "neox")
    with pytest.raises(Problem, match="qwen, neox do not share a tokenizer") as raised:
        Plan.read(plan.store, plan.id)
    assert raised.value.code == "plan_invalid"


def results(store: Store) -> dict[str, Answer]:
    import base64

    found = {}
    for file in store.results.glob("*.jsonl"):
        for content in file.read_bytes().splitlines()[1:]:
            line = decode(content)
            assert line is not None
            found[line["key"]] = line | {"per_sample": base64.b64decode(line["per_sample"] or "")}
    return found
