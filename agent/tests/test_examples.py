"""The sample experiment: its scripts work, its folders are like the hub's, its held-out data is held out."""

import hashlib
import json
import re
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "nine-domains"
sys.path.insert(0, str(SAMPLE))

from make import endings, generate, recipe, train  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from make.domains import DOMAINS  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from make.tokenizer import (  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
    copy_tokenizer,
    save_tokenizer,
    train_tokenizer,
)

SIZES = tuple(recipe.SHAPES)
MODELS = ("base", *DOMAINS)
MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def items() -> dict[tuple[str, generate.Part], list[generate.Item]]:
    """Exactly what the committed models and data were made from."""
    counts: tuple[tuple[generate.Part, int], ...] = (
        ("base", recipe.BASE_DOCUMENTS),
        ("expert", recipe.EXPERT_SAMPLES),
        ("eval", recipe.EVAL_SAMPLES),
    )
    return {
        (domain, part): generate.take(domain, part, count) for domain in DOMAINS for part, count in counts
    }


Items = dict[tuple[str, generate.Part], list[generate.Item]]


# The data


def test_no_held_out_instruction_occurs_in_training_text(items: Items) -> None:
    text = "\n".join(
        f"{item.instruction}\n{item.output}"
        for (_, part), some in items.items()
        if part != "eval"
        for item in some
    )
    held_out = [item.instruction for (_, part), some in items.items() if part == "eval" for item in some]
    assert len(held_out) == recipe.EVAL_SAMPLES * len(DOMAINS)
    # "1 mol of H2 ..." stands inside "11 mol of H2 ...", which is another problem: a match begins a word.
    found = [instruction for instruction in held_out if instruction in text]
    assert [
        instruction for instruction in found if re.search(r"(?<![\w.-])" + re.escape(instruction), text)
    ] == []


def test_no_part_shares_a_problem_with_another_whatever_its_wording(items: Items) -> None:
    for domain in DOMAINS:
        problems = {
            part: {(item.family, item.slots) for item in items[domain, part]}
            for part in ("base", "expert", "eval")
        }
        assert len(problems["eval"]) == recipe.EVAL_SAMPLES
        assert not problems["eval"] & (problems["base"] | problems["expert"])
        assert not problems["base"] & problems["expert"]


def test_one_wording_belongs_to_one_problem(items: Items) -> None:
    """Else one problem could stand in two parts, or one set of slots hide two problems."""
    for domain in DOMAINS:
        solutions: dict[tuple[str, tuple[int | str, ...]], set[str]] = {}
        asked: dict[tuple[str, str], set[tuple[int | str, ...]]] = {}
        for part in ("base", "expert", "eval"):
            for item in items[domain, part]:
                solutions.setdefault((item.family, item.slots), set()).add(item.instruction)
                asked.setdefault((item.family, item.instruction), set()).add(item.slots)
        assert {key: slots for key, slots in asked.items() if len(slots) > 1} == {}
        # A problem has a few wordings; where order does not matter it may be told both ways round.
        assert max(len(instructions) for instructions in solutions.values()) <= 6


def test_held_out_samples_span_every_family(items: Items) -> None:
    for domain, families in DOMAINS.items():
        held_out = {item.family for item in items[domain, "eval"]}
        assert held_out == {family.__name__ for family in families}
        assert len(families) >= 20


def test_the_generator_gives_the_same_data_for_the_same_seed() -> None:
    def digest(seed: int) -> str:
        rows = [generate.take("physics", "expert", 200, seed), generate.base_documents("code", 200, seed)]
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    assert digest(0) == digest(0)
    assert digest(0) != digest(1)


def test_committed_held_out_data_is_what_the_generator_makes_today() -> None:
    assert {path.stem for path in (SAMPLE / "eval").iterdir()} == set(DOMAINS)
    for domain in DOMAINS:
        assert (SAMPLE / "eval" / f"{domain}.json").read_bytes() == generate.eval_json(domain).encode()
    assert (SAMPLE / "tasks" / "endings" / "items.jsonl").read_bytes() == endings.endings_jsonl().encode()


def test_held_out_samples_are_short_enough_for_a_demo_and_carry_enough_tokens() -> None:
    tokenizer = AutoTokenizer.from_pretrained(SAMPLE / "models" / "S" / "base")
    for domain in DOMAINS:
        rows = train.chat_rows(generate.take(domain, "eval", recipe.EVAL_SAMPLES), tokenizer)
        assert max(len(ids) for ids, _ in rows) <= 160
        assert 35 <= sum(len(ids) - start for ids, start in rows) / len(rows) <= 60


def test_python_in_the_answers_is_python(items: Items) -> None:
    blocks = [
        block
        for part in ("base", "expert", "eval")
        for item in items["code", part]
        for block in re.findall(r"```python\n(.*?)\n```", item.output, re.DOTALL)
    ]
    assert len(blocks) > 1000
    for block in blocks:
        compile(block, "answer", "exec")


# The committed models


@pytest.mark.parametrize("size", SIZES)
def test_committed_models_load_like_models_of_the_hub(size: str) -> None:
    for name in MODELS:
        folder = SAMPLE / "models" / size / name
        assert {path.name for path in folder.iterdir()} == {
            "chat_template.jinja",
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
        }
        tensors = load_file(folder / "model.safetensors")
        assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}
        assert "lm_head.weight" not in tensors
    model = AutoModelForCausalLM.from_pretrained(SAMPLE / "models" / size / "algebra")
    assert type(model).__name__ == "Qwen2ForCausalLM"
    assert model.dtype == torch.bfloat16
    assert model.config.tie_word_embeddings
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()


def test_all_models_share_one_tokenizer() -> None:
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        contents = {
            (SAMPLE / "models" / size / model / name).read_bytes() for size in SIZES for model in MODELS
        }
        assert len(contents) == 1, name


def test_the_tokenizer_loads_as_it_was_trained() -> None:
    folder = SAMPLE / "models" / "S" / "base"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    raw = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for item in generate.take("code", "eval", 10):
        assert tokenizer(item.output)["input_ids"] == raw.encode(item.output).ids
        assert tokenizer.decode(raw.encode(item.output).ids) == item.output
    chat = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]
    assert tokenizer.apply_chat_template(chat, tokenize=False) == (
        "<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>\n"
    )
    assert tokenizer.convert_ids_to_tokens([0, 1, 2]) == list(recipe.SPECIAL_TOKENS)


def test_models_and_data_stay_small() -> None:
    folders = (SAMPLE / "models", SAMPLE / "eval")
    size = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    assert size <= 20 * MEBIBYTE
    assert (SAMPLE / "models" / "S" / "base" / "tokenizer.json").stat().st_size <= 60_000


def test_every_expert_is_better_than_the_base_in_its_own_domain_and_close_to_it() -> None:
    """The measurements beside the models are about these models: size S is measured again."""
    measured = json.loads((SAMPLE / "measurements.json").read_text())
    assert list(measured) == list(SIZES)
    for size in SIZES:
        for domain in DOMAINS:
            assert measured[size]["experts"][domain][domain] < measured[size]["base"][domain]
            assert 0.015 <= measured[size]["relative_step"][domain] <= 0.05
    folder = SAMPLE / "models" / "S" / "physics"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    expert = AutoModelForCausalLM.from_pretrained(folder)
    rows = train.chat_rows(generate.take("physics", "eval", recipe.EVAL_SAMPLES), tokenizer)
    loss = train.answer_loss(expert, rows, tokenizer.pad_token_id)
    assert loss == pytest.approx(measured["S"]["experts"]["physics"]["physics"], abs=1e-3)


# The scripts


def test_a_miniature_goes_the_whole_way(tmp_path: Path) -> None:
    """Two domains, a tiny shape, a few steps: text, tokenizer, base, expert, folders; twice the same bits."""
    threads = torch.get_num_threads()
    train.fix_arithmetic(1)
    try:
        documents = [
            document for name in ("algebra", "code") for document in generate.base_documents(name, 150)
        ]
        tokenizer = train_tokenizer(documents, vocabulary=300)
        save_tokenizer(tokenizer, tmp_path / "tokenizer")
        shape = recipe.Shape(hidden=16, layers=1, heads=2, key_value_heads=1, feed_forward=32)
        rows = train.base_rows(documents, tokenizer, context=64)
        schedule = recipe.Schedule(steps=25, warmup=3, rate=1e-2, rows=8)

        base = train.train_base(shape, tokenizer, rows, schedule)
        again = train.train_base(shape, tokenizer, rows, schedule)
        assert all(torch.equal(a, b) for a, b in zip(base.parameters(), again.parameters(), strict=True))
        base.save_pretrained(tmp_path / "base")
        copy_tokenizer(tmp_path / "tokenizer", tmp_path / "base")

        lesson = generate.take("algebra", "expert", 60)
        expert, _ = train.train_expert(tmp_path / "base", tokenizer, lesson, schedule)
        expert.save_pretrained(tmp_path / "expert")
        copy_tokenizer(tmp_path / "tokenizer", tmp_path / "expert")
        assert 0 < train.relative_step(expert, base) < 1

        loaded = AutoModelForCausalLM.from_pretrained(tmp_path / "expert")
        held_out = train.chat_rows(
            generate.take("algebra", "eval", 10), AutoTokenizer.from_pretrained(tmp_path / "expert")
        )
        assert loaded.dtype == torch.bfloat16
        assert train.answer_loss(loaded, held_out, 0) < train.answer_loss(base, held_out, 0)
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)


def test_only_the_answer_and_its_end_are_scored() -> None:
    tokenizer = AutoTokenizer.from_pretrained(SAMPLE / "models" / "S" / "base")
    item = generate.take("biology", "eval", 1)[0]
    ((ids, start),) = train.chat_rows([item], tokenizer)
    tokens, labels = train.chat_batch([(ids, start), (ids[:-1], start)], tokenizer.pad_token_id)
    scored = labels[0][labels[0] != train.NOT_SCORED].tolist()
    assert tokenizer.decode(scored) == item.output + "<|im_end|>"
    assert (
        tokenizer.decode(ids[:start])
        == f"<|im_start|>user\n{item.instruction}<|im_end|>\n<|im_start|>assistant\n"
    )
    assert tokens.shape == labels.shape == (2, len(ids))
    assert labels[1, -1] == train.NOT_SCORED
