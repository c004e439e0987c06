"""prepare: one answer with every obstacle in it, kept where stat alone can tell that it still holds."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import make_model, tiny_records, tiny_tokenizer, write_records

from merge_lab_agent import estimate, precision, prepare_request, prepared_answer
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.memory import available_memory
from merge_lab_agent.prepare import prepare
from merge_lab_agent.prepare_request import request_digest
from merge_lab_agent.problem import Problem

Answer = dict[str, Any]


@pytest.fixture
def root(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> Path:
    """An experiment's folder: models of one size and data of two domains, free to be broken."""
    folder = tmp_path / "experiment"
    for name, model in {"base": tiny_base, **tiny_experts}.items():
        shutil.copytree(model, folder / "models" / name)
    for domain in ("alpha", "beta"):
        write_records(folder / "eval" / f"{domain}.json", tiny_records(domain))
    return folder


def request(root: Path, **evaluation: Any) -> Answer:
    experts = [asked(f"S/expert/{name}", f"./models/{name}", "expert") for name in ("alpha", "beta", "gamma")]
    settings = {
        "domains": {"alpha": "./eval/alpha.json", "beta": "./eval/beta.json"},
        "max_length": 256,
        "max_tokens_per_domain": None,
        "chat_template": "auto",
        "dtype": "auto",
    }
    return {
        "store": str(root / ".mergelab" / "local"),
        "root": str(root),
        "models": [asked("S/base", "./models/base", "base"), *experts],
        "embeddings": "exact",
        "evaluation": settings | evaluation,
        "device": "cpu",
        "allow_remote_code": [],
    }


def asked(id: str, source: str, role: str) -> Answer:
    size = None if role == "reference" else id.split("/")[0]
    return {"id": id, "source": source, "role": role, "size": size, "name": id.split("/")[-1]}


def found(answer: Answer, which: str = "problems") -> set[tuple[str, str]]:
    """Code and what it is about, of each problem."""
    for problem in answer[which]:
        assert problem["message"]
        assert problem["fix"]
    return {(p["code"], p.get("model") or p.get("domain", "")) for p in answer[which]}


def kept(root: Path, asked: Answer) -> Path:
    return root / ".mergelab" / "local" / "prepared" / f"{request_digest(asked)}.json"


def still_valid(document: Answer) -> bool:
    """What a client does: stat alone."""
    for state in document["files"]:
        path = Path(state["path"])
        if not path.exists():
            now: Answer = {"size": None, "mtime_ns": None}
        else:
            stat = path.stat()
            now = {"size": None if path.is_dir() else stat.st_size, "mtime_ns": str(stat.st_mtime_ns)}
        if now != {"size": state["size"], "mtime_ns": state["mtime_ns"]}:
            return False
    return True


def test_a_sound_experiment(root: Path) -> None:
    answer = prepare(request(root))
    assert (answer["problems"], answer["warnings"]) == ([], [])
    assert set(answer["models"]) == {"S/base", "S/expert/alpha", "S/expert/beta", "S/expert/gamma"}
    base, alpha = answer["models"]["S/base"], answer["models"]["S/expert/alpha"]
    assert base == {
        "fingerprint": base["fingerprint"],
        "path": str((root / "models" / "base").resolve()),
        "source": "./models/base",
        "kind": "checkpoint",
        "parameters": 9872,
        "bytes": 19744,
        "dtype": "bfloat16",
        "architecture": "Qwen2ForCausalLM",
        "vocabulary": 320,
        "tied_embeddings": True,
        "distance": None,
    }
    assert alpha["distance"] == pytest.approx(0.1, rel=0.1)
    assert len({model["fingerprint"] for model in answer["models"].values()}) == 4
    assert answer["dtype"]["value"] == "float32"
    assert answer["device"] == {"name": "cpu", "description": "cpu"}
    estimated = answer["estimate"]
    assert estimated["seconds_per_merge"]["S"] > 0
    assert 0 < estimated["memory_bytes"] < estimated["available_memory_bytes"]
    json.dumps(answer, allow_nan=False)


def test_evaluation_sets_are_in_the_store(root: Path) -> None:
    answer = prepare(request(root))
    assert set(answer["evaluations"]) == {"alpha", "beta"}
    for domain, prepared in answer["evaluations"].items():
        stored = EvaluationSet.read(root / ".mergelab" / "local", prepared["id"])
        assert stored.domain == domain
        assert prepared == {
            "id": stored.id,
            "file": str(root / "eval" / f"{domain}.json"),
            "samples": 12,
            "tokens": stored.tokens,
            "scored_tokens": stored.scored_tokens,
            "bytes": sum(len(record["output"]) for record in tiny_records(domain)),
            "truncated": 0,
            "excluded": 0,
            "rendering": "chat template of the base; scored: the answer and <|im_end|>",
        }
    assert (root / ".mergelab" / ".gitignore").read_text() == "*\n"


def test_two_preparations_agree(root: Path) -> None:
    first, second = prepare(request(root)), prepare(request(root))
    for answer in (first, second):
        answer.pop("estimate")
    assert first == second


# The kept answer ------------------------------------------------------------------------------------------


def test_the_kept_answer_is_the_answer(root: Path) -> None:
    wanted = request(root)
    answer = prepare(wanted)
    document = json.loads(kept(root, wanted).read_text(encoding="utf-8"))
    assert document["format"] == 1
    assert document["request"] == wanted
    assert document["answer"] == answer
    assert still_valid(document)
    paths = {state["path"] for state in document["files"]}
    for part in (
        "models/base",
        "models/base/config.json",
        "models/alpha/model.safetensors",
        "eval/beta.json",
    ):
        assert str(root / part) in paths


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "eval/alpha.json").write_text("[]"),
        lambda root: (root / "eval/alpha.json").unlink(),
        lambda root: (root / "models/alpha/model.safetensors").write_bytes(b""),
        lambda root: (root / "models/beta/tokenizer.json").unlink(),
        lambda root: (root / "models/base/adapter_config.json").write_text("{}"),
        lambda root: shutil.rmtree(root / "models/gamma"),
        lambda root: shutil.rmtree(root / ".mergelab/local/evaluations"),
    ],
)
def test_any_change_shows_by_stat_alone(root: Path, change: Any) -> None:
    wanted = request(root)
    prepare(wanted)
    document = json.loads(kept(root, wanted).read_text(encoding="utf-8"))
    change(root)
    assert not still_valid(document)


def test_a_missing_model_that_appears_shows(root: Path, tiny_base: Path) -> None:
    shutil.rmtree(root / "models" / "base")
    wanted = request(root)
    assert ("model_missing", "S/base") in found(prepare(wanted))
    document = json.loads(kept(root, wanted).read_text(encoding="utf-8"))
    assert still_valid(document)
    shutil.copytree(tiny_base, root / "models" / "base")
    assert not still_valid(document)


def test_the_digest_is_of_canonical_json(root: Path) -> None:
    document = {"b": [1, {"z": None, "y": True}], "a": "é\u2028\U0001f389", "\U0001f389": 1, "\ufb01": 2}
    canonical = '{"a":"é\u2028\U0001f389","b":[1,{"y":true,"z":null}],"\U0001f389":1,"\ufb01":2}'
    assert request_digest(document) == hashlib.sha256(canonical.encode()).hexdigest(), "UTF-16 order of keys"
    other = dict(reversed(list(document.items())))
    assert request_digest(other) == request_digest(document)


def test_what_may_pass_is_not_kept(root: Path) -> None:
    wanted = request(root)
    wanted["models"].append(asked("reference/other", "org/nowhere", "reference"))
    assert found(prepare(wanted)) == {("hub_offline", "reference/other")}
    assert not kept(root, wanted).exists()


# Every obstacle at once -----------------------------------------------------------------------------------


def test_every_obstacle_is_listed(root: Path, tmp_path: Path) -> None:
    (root / "models/alpha/model.safetensors").write_bytes(b"\xff" * 100)
    shutil.rmtree(root / "models/beta")
    make_model(root / "models/beta", architecture="gpt_neox")
    shutil.rmtree(root / "models/gamma")
    (root / "eval/alpha.json").write_text("[{}]")
    (root / "eval/beta.json").unlink()
    answer = prepare(request(root))
    assert found(answer) == {
        ("safetensors_header", "S/expert/alpha"),
        ("architecture_differs", "S/expert/beta"),
        ("model_missing", "S/expert/gamma"),
        ("evaluation_form", "alpha"),
        ("evaluation_missing", "beta"),
    }
    assert answer["estimate"] is None
    assert set(answer["models"]) == {"S/base", "S/expert/beta"}, "what could be read is there"


def test_a_missing_tokenizer(root: Path) -> None:
    (root / "models/base/tokenizer.json").unlink()
    assert found(prepare(request(root))) == {("tokenizer_missing", "S/base")}


def test_unreadable_and_impossible_paths(root: Path) -> None:
    wanted = request(root)
    wanted["models"][1]["source"] = "./" + "x" * 5000
    wanted["evaluation"]["domains"]["beta"] = "./" + "y" * 5000
    assert found(prepare(wanted)) == {("file_unreadable", "S/expert/alpha"), ("evaluation_missing", "beta")}


def test_warnings_stop_nothing(root: Path) -> None:
    shutil.rmtree(root / "models/beta")
    shutil.copytree(root / "models/alpha", root / "models/beta")
    shutil.rmtree(root / "models/gamma")
    shutil.copytree(root / "models/base", root / "models/gamma")
    answer = prepare(request(root))
    assert found(answer) == set()
    assert found(answer, "warnings") == {
        ("experts_identical", "S/expert/beta"),
        ("expert_equals_base", "S/expert/gamma"),
    }
    assert answer["estimate"] is not None


def test_an_adapter_is_an_expert_but_no_base(root: Path, tiny_base: Path) -> None:
    from test_adapter import train

    shutil.rmtree(root / "models/alpha")
    train(tiny_base, root / "models/alpha")
    wanted = request(root)
    answer = prepare(wanted)
    assert found(answer) == set()
    model = answer["models"]["S/expert/alpha"]
    assert (model["kind"], model["architecture"], model["vocabulary"]) == ("adapter", "Qwen2ForCausalLM", 320)
    assert model["distance"] > 0
    wanted["models"].append(asked("reference/lora", "./models/alpha", "reference"))
    assert found(prepare(wanted)) == {("adapter_unsupported", "reference/lora")}


def test_sizes_must_share_a_tokenizer(root: Path) -> None:
    make_model(root / "models/large", hidden_size=32, seed=5)
    wanted = request(root)
    wanted["models"].append(asked("L/base", "./models/large", "base"))
    answer = prepare(wanted)
    assert found(answer) == set()
    assert set(answer["estimate"]["seconds_per_merge"]) == {"S", "L"}
    text = json.loads((root / "models/large/tokenizer.json").read_text(encoding="utf-8"))
    ids = text["model"]["vocab"]
    text["model"]["vocab"] = ids | {"a": ids["b"], "b": ids["a"]}
    (root / "models/large/tokenizer.json").write_text(json.dumps(text), encoding="utf-8")
    assert found(prepare(wanted)) == {("tokenizer_differs", "L/base")}


def test_a_tokenizer_larger_than_the_embedding(root: Path, tmp_path: Path) -> None:
    for name in ("base", "alpha", "beta", "gamma"):
        shutil.rmtree(root / "models" / name)
    make_model(root / "models/base", vocab=100)
    for seed, name in enumerate(("alpha", "beta", "gamma"), start=1):
        make_model(root / "models" / name, like=root / "models/base", noise=0.1, seed=seed)
    assert found(prepare(request(root))) == {("token_out_of_range", "S/base")}


def test_samples_longer_than_a_table_of_positions(root: Path) -> None:
    for name in ("base", "alpha", "beta", "gamma"):
        shutil.rmtree(root / "models" / name)
    make_model(root / "models/base", architecture="gpt2", n_positions=48)
    for seed, name in enumerate(("alpha", "beta", "gamma"), start=1):
        make_model(root / "models" / name, like=root / "models/base", noise=0.1, seed=seed)
    assert ("sample_too_long", "S/base") in found(prepare(request(root)))
    answer = prepare(request(root, max_length=48))
    assert found(answer) == set()
    assert answer["evaluations"]["beta"]["truncated"] > 0


def test_architectures_that_nobody_knows(root: Path) -> None:
    for name in ("base", "alpha", "beta", "gamma"):
        file = root / "models" / name / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"model_type": "tomorrow"}))
    assert ("architecture_unknown", "S/base") in found(prepare(request(root)))
    file = root / "models/base/config.json"
    remote = json.loads(file.read_text()) | {"auto_map": {"AutoModelForCausalLM": "modeling.Tomorrow"}}
    file.write_text(json.dumps(remote))
    wanted = request(root)
    assert ("remote_code_needed", "S/base") in found(prepare(wanted))
    wanted["allow_remote_code"] = ["./models/base"]
    assert found(prepare(wanted)) == set()


# Templates ------------------------------------------------------------------------------------------------


def test_where_the_template_comes_from(root: Path) -> None:
    def rendering(**evaluation: Any) -> str:
        answer = prepare(request(root, **evaluation))
        assert found(answer) == set()
        return str(answer["evaluations"]["alpha"]["rendering"])

    def remove(*names: str) -> None:
        for name in names:
            (root / "models" / name / "chat_template.jinja").unlink()

    assert rendering().startswith("chat template of the base")
    assert rendering(chat_template="none").startswith("instruction, blank line, output")
    (root / "mine.jinja").write_text("{% for m in messages %}{{ m['content'] }}|{% endfor %}")
    assert rendering(chat_template="./mine.jinja").startswith("chat template of mine.jinja")
    remove("base")
    assert rendering().startswith("chat template of the experts, which share it")
    remove("beta")
    assert rendering().startswith("instruction, blank line, output"), "not all experts share it"
    answer = prepare(request(root, chat_template="./nothing.jinja"))
    assert [p["code"] for p in answer["problems"]] == ["template_missing"]


def test_experts_with_other_templates_are_a_warning(root: Path) -> None:
    (root / "models/beta/chat_template.jinja").write_text("another")
    answer = prepare(request(root))
    assert found(answer) == set()
    assert found(answer, "warnings") == {("template_differs", "S/expert/beta")}


# Type, batches, what fits ---------------------------------------------------------------------------------


def test_the_type_is_a_rule_not_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(device: str, stored: set[str], parameters: int, fast: bool) -> str:
        monkeypatch.setattr(precision, "_cpu_is_fast_in_bfloat16", lambda: fast)
        choice = precision.choose_dtype("auto", device, stored, parameters)
        assert choice.reason
        return choice.value

    assert chosen("cpu", {"bfloat16"}, 40_000, True) == "float32"
    assert chosen("cpu", {"bfloat16"}, 500_000_000, True) == "bfloat16"
    assert chosen("cpu", {"bfloat16"}, 500_000_000, False) == "float32"
    assert chosen("cpu", {"float32"}, 500_000_000, True) == "float32"
    assert chosen("cpu", {"bfloat16", "float32"}, 500_000_000, True) == "float32"
    assert precision.choose_dtype("float16", "cpu", {"bfloat16"}, 1).value == "float16"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)
    assert chosen("cuda:0", {"bfloat16"}, 40_000, False) == "bfloat16"
    assert chosen("cuda:0", {"float32"}, 40_000, False) == "float32"
    assert chosen("cuda:0", {"float16"}, 40_000, False) == "float16"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: False)
    assert chosen("cuda:0", {"bfloat16"}, 40_000, False) == "float32"


def test_batches_shrink_with_memory() -> None:
    whole = precision.choose_batch_tokens("cpu", 0, 896, 4864)
    assert whole == precision.choose_batch_tokens("cpu", 64 << 30, 896, 4864) == 8192
    small = precision.choose_batch_tokens("cpu", 1 << 30, 8192, 28672)
    assert 256 <= small < 8192
    assert precision.activation_bytes(small, 8192, 28672) <= (1 << 30) // 8 or small == 256
    assert precision.choose_batch_tokens("cpu", 1, 8192, 28672) == 256


def test_what_does_not_fit_is_refused_with_numbers(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_answer, "available_memory", lambda device: 100 << 20)
    wanted = request(root)
    answer = prepare(wanted)
    assert found(answer) == {("memory_too_small", "")}
    assert "0.1 GB free" in answer["problems"][0]["message"]
    assert answer["estimate"]["available_memory_bytes"] == 100 << 20
    assert not kept(root, wanted).exists(), "memory may be free a minute later"
    monkeypatch.undo()
    monkeypatch.setattr(estimate, "free_disk", lambda folder: 1 << 20)
    assert found(prepare(wanted)) == {("disk_too_small", "")}


def test_memory_grows_with_model_and_pool(tmp_path: Path, tiny_base: Path) -> None:
    base = Checkpoint.open(tiny_base)
    few, many = estimate.SizeLoad(base, 2), estimate.SizeLoad(base, 9)
    per_expert = estimate.memory_bytes(many, "float32", 256) - estimate.memory_bytes(few, "float32", 256)
    assert per_expert == 7 * 4 * base.parameters
    halved = estimate.memory_bytes(few, "float32", 256) - estimate.memory_bytes(few, "bfloat16", 256)
    assert halved == 2 * base.parameters


def test_available_memory_is_a_fraction_of_the_machine() -> None:
    assert 1 << 20 < available_memory("cpu") < 1 << 50


def test_a_device_that_is_not_there(root: Path) -> None:
    wanted = request(root) | {"device": "cuda:99"}
    assert found(prepare(wanted)) == {("device_missing", "")}
    assert not kept(root, wanted).exists()


# The request itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"store": "relative"},
        {"store": None},
        {"root": "."},
        {"models": {}},
        {"models": ["x"]},
        {"models": [asked("S/base", "./models/base", "chief")]},
        {"models": [asked("S/base", "", "base")]},
        {"models": [asked("S/base", "./a", "base"), asked("S/base", "./b", "base")]},
        {"embeddings": "some"},
        {"evaluation": None},
        {"evaluation": {}},
        {"device": 3},
        {"allow_remote_code": "all"},
    ],
    ids=str,
)
def test_malformed_requests(root: Path, change: Answer) -> None:
    with pytest.raises(Problem) as caught:
        prepare(request(root) | change)
    assert caught.value.code == "request_invalid"


@pytest.mark.parametrize("length", [0, -1, True, 2.5, "9", None])
def test_malformed_lengths(root: Path, length: Any) -> None:
    with pytest.raises(Problem) as caught:
        prepare_request.parse_request(request(root, max_length=length))
    assert caught.value.code == "request_invalid"


def test_common_rows_reach_the_comparison(root: Path) -> None:
    file = root / "models/alpha/model.safetensors"
    tensors = load_file(file)
    table = tensors["model.embed_tokens.weight"]
    save_file(tensors | {"model.embed_tokens.weight": torch.cat([table, table[:4]])}, file)
    wanted = request(root)
    assert found(prepare(wanted)) == {("embedding_rows_differ", "S/expert/alpha")}
    answer = prepare(wanted | {"embeddings": "common_rows"})
    assert found(answer) == set()
    assert found(answer, "warnings") == {("embedding_rows_differ", "S/expert/alpha")}


def test_limits_reach_the_data(root: Path) -> None:
    answer = prepare(request(root, max_tokens_per_domain=60))
    for prepared in answer["evaluations"].values():
        assert 0 < prepared["scored_tokens"] <= 60
        assert prepared["samples"] < 12
    assert tiny_tokenizer().eos_token in answer["evaluations"]["alpha"]["rendering"]
