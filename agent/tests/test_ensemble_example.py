"""The sample ensemble: its scripts work and repeat, its models are another family with another tokenizer."""

import sys
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from merge_lab_agent.checkpoint import Checkpoint

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDER = EXAMPLES / "ensemble"
sys.path[:0] = [str(FOLDER), str(EXAMPLES / "nine-domains")]

from make.generate import base_documents, take  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from make.recipe import Schedule  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from make.train import base_rows, fix_arithmetic  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from neox import recipe, tokenizer, train  # type: ignore[import-not-found, unused-ignore]  # noqa: E402

MODELS = sorted(path.parent for path in FOLDER.glob("models/*/*/config.json"))
EXPECTED = {f"{size}/{skill}" for size in recipe.SHAPES for skill in recipe.SKILLS}
AGAIN = {f"{recipe.AGAIN_SIZE}/{recipe.AGAIN_SKILL}-{seed}" for seed in recipe.AGAIN_SEEDS}


def test_all_models_of_the_recipe_are_there_and_small() -> None:
    assert {f"{folder.parent.name}/{folder.name}" for folder in MODELS} == EXPECTED | AGAIN
    files = [file for folder in MODELS for file in folder.iterdir()]
    assert sum(file.stat().st_size for file in files) < 6 * 2**20


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_each_is_of_the_other_family_with_a_tokenizer_and_a_template_of_its_own(folder: Path) -> None:
    model = Checkpoint.open(folder)
    assert model.config["model_type"] == "gpt_neox"
    assert (model.dtype, model.vocabulary, model.tied_embeddings) == ("bfloat16", recipe.VOCABULARY, False)
    assert model.config["hidden_size"] == recipe.SHAPES[folder.parent.name].hidden
    sample = Tokenizer.from_file(str(EXAMPLES / "nine-domains" / "models" / "S" / "base" / "tokenizer.json"))
    own = AutoTokenizer.from_pretrained(folder)
    text = take("physics", "eval", 1)[0].output
    assert own(text)["input_ids"] != sample.encode(text).ids
    assert own.decode(own(text)["input_ids"]) == text
    rendered = own.apply_chat_template([{"role": "user", "content": "2 + 2?"}], tokenize=False)
    assert rendered == "<|endoftext|>Question:\n2 + 2?\n"


def test_reseeds_differ_from_the_original_in_every_way_that_chance_decides() -> None:
    size = FOLDER / "models" / recipe.AGAIN_SIZE
    name = "gpt_neox.layers.0.attention.dense.weight"
    weights = [
        Checkpoint.open(size / folder).read(name).float().flatten()
        for folder in (recipe.AGAIN_SKILL, *(f"{recipe.AGAIN_SKILL}-{seed}" for seed in recipe.AGAIN_SEEDS))
    ]
    cosines = torch.corrcoef(torch.stack(weights)) - torch.eye(len(weights))
    assert cosines.abs().max() < 0.5


def test_training_repeats_bit_by_bit_and_another_seed_gives_another_model() -> None:
    fix_arithmetic()
    documents = base_documents("physics")[:60]
    words = tokenizer.train_tokenizer(documents, 300)
    shape = recipe.Shape(hidden=8, layers=1, heads=2, feed_forward=16)
    schedule = Schedule(steps=3, warmup=1, rate=1e-3, rows=2)
    rows = base_rows(documents, words, 32)
    chats = train.chat_rows(take("physics", "expert", 4), words)

    def made(seed: int) -> torch.Tensor:
        base = train.train_base(shape, words, rows, seed, schedule)
        model = train.train_skill(base, chats, int(words.pad_token_id), seed, schedule)
        return torch.cat([parameter.flatten() for parameter in model.parameters()])

    first = made(0)
    assert torch.equal(first, made(0))
    assert not torch.equal(first, made(1))
