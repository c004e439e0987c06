"""A byte-level BPE tokenizer as GPT-2 and GPT-NeoX cut text, and a plain template."""

import json
from collections.abc import Iterable
from pathlib import Path

from make.recipe import LONGEST_INPUT
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from . import recipe

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ eos_token + 'Question:\n' + message['content'] + '\n' }}"
    "{% else %}{{ 'Answer:\n' + message['content'] + eos_token }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Answer:\n' }}{% endif %}"
)


def train_tokenizer(documents: Iterable[str], vocabulary: int = recipe.VOCABULARY) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[recipe.END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=TEMPLATE, **_settings())


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """As transformers saves it, but with settings that its versions 4 and 5 both read."""
    tokenizer.save_pretrained(folder)
    settings = {**_settings(), "tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")


def _settings() -> dict[str, object]:
    end = recipe.END_OF_TEXT
    return {
        "bos_token": end,
        "eos_token": end,
        "pad_token": end,
        "model_max_length": LONGEST_INPUT,
        "clean_up_tokenization_spaces": False,
    }
