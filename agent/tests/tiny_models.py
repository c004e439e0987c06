"""Small random models with a real tokenizer, made on the fly: all that a checkpoint on the hub has."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
VOCABULARY = 320

_SHAPES: dict[str, dict[str, Any]] = {
    "qwen2": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    | {"num_key_value_heads": 2, "max_position_embeddings": 256},
    "llama": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    | {"num_key_value_heads": 2, "max_position_embeddings": 256},
    "gpt_neox": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    | {"num_attention_heads": 4, "max_position_embeddings": 256},
    "gemma2": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    | {"num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 256, "sliding_window": 16}
    | {"query_pre_attn_scalar": 8},
    "gpt2": {"n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 256},
}


@cache
def tiny_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer trained on a few sentences: 300 tokens, ChatML's special ones among them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = ["What is the sum of the numbers?", "The answer is the sum of all the terms.", "Solve for x."]
    tokenizer.train_from_iterator(corpus * 4, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", bos_token=None
    )
    fast.chat_template = template
    return fast


@cache
def piece_tokenizer() -> PreTrainedTokenizerFast:
    """As Llama's: words with a mark for their space, bytes for what is unknown, a beginning of text."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    letters = [*"▁abcdefghijklmnopqrstuvwxyzTS.,:"]
    merges = [("▁", "t"), ("h", "e"), ("▁t", "he"), ("▁", "i"), ("▁i", "s")]
    vocabulary = {piece: i for i, piece in enumerate([*pieces, *letters, *(a + b for a, b in merges)])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", add_bos_token=True
    )


@cache
def other_tokenizer(**named: str) -> PreTrainedTokenizerFast:
    """Byte-level, of another size and corpus, without a template."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=310,
        special_tokens=["<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["The answer is 12. The numbers, the sums and the terms."] * 4, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)


def make_model(
    folder: Path,
    *,
    architecture: str = "qwen2",
    seed: int = 0,
    dtype: str = "bfloat16",
    tied: bool = True,
    like: Path | None = None,
    noise: float = 0.0,
    vocab: int | None = None,
    tokenizer: bool = True,
    **config: Any,
) -> Path:
    """Write a random causal LM to `folder`; with `like`, that model plus `noise` times each tensor's norm.

    Further keywords overwrite fields of the config. Shards of `like` become one file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if like is not None:
        _perturbed(folder, like, noise, seed)
        return folder
    shape = _SHAPES[architecture] | {"vocab_size": vocab or VOCABULARY, "tie_word_embeddings": tied}
    torch.manual_seed(seed)
    special = {"bos_token_id": None, "eos_token_id": 2, "pad_token_id": 0}
    settings = AutoConfig.for_model(architecture, **(shape | special | config))
    model = AutoModelForCausalLM.from_config(settings)
    with torch.no_grad():  # wider than the usual initialisation, so that losses differ between models
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.15)
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    if tokenizer:
        tiny_tokenizer().save_pretrained(folder)
    return folder


def _perturbed(folder: Path, like: Path, noise: float, seed: int) -> None:
    """Copy `like` with Gaussian noise added to every floating tensor, rounded to the tensor's own dtype."""
    for file in sorted(like.iterdir()):
        if file.suffix != ".safetensors" and not file.name.endswith(".safetensors.index.json"):
            shutil.copy(file, folder / file.name)
    generator = torch.Generator().manual_seed(seed)
    tensors: dict[str, torch.Tensor] = {}
    for file in sorted(like.glob("*.safetensors")):
        tensors |= load_file(file)
    for name, tensor in sorted(tensors.items()):
        if tensor.is_floating_point() and noise:
            values = tensor.float()
            step = torch.randn(values.shape, generator=generator)
            scale = noise * values.norm() / max(1.0, values.numel() ** 0.5)
            tensors[name] = (values + scale * step).to(tensor.dtype)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def write_records(file: Path, records: list[dict[str, Any]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    return file


def tiny_records(domain: str, count: int = 12) -> list[dict[str, str]]:
    """Question and answer pairs of different lengths, the same at every call."""
    words = {"alpha": "sum", "beta": "product", "gamma": "difference"}
    return [
        {
            "instruction": f"What is the {words.get(domain, domain)} of {n} and {n * 7 % 11}?"
            + " Think." * (n % 3),
            "output": f"The answer is {n * 13 % 29}." + " Solve for x." * (n % 4),
        }
        for n in range(count)
    ]
