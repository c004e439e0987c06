"""Train a base on plain text, and from it a model a skill on questions with answers, all on the CPU."""

import copy

import torch
from make import recipe as sample
from make.generate import Item
from make.recipe import Schedule
from make.train import Batch, chat_batch, fit, order_of
from torch import Tensor
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedTokenizerFast

from . import recipe

Rows = list[tuple[list[int], int]]  # token ids of a chat, and where its answer begins


def new_model(shape: recipe.Shape, tokenizer: PreTrainedTokenizerFast, seed: int) -> GPTNeoXForCausalLM:
    torch.manual_seed(seed)
    end = tokenizer.eos_token_id
    config = GPTNeoXConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        max_position_embeddings=sample.LONGEST_INPUT,
        rotary_pct=1.0,
        tie_word_embeddings=False,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        initializer_range=sample.INITIALIZER,
        attn_implementation="sdpa",
    )
    return GPTNeoXForCausalLM(config)


def chat_rows(items: list[Item], tokenizer: PreTrainedTokenizerFast) -> Rows:
    """Token ids of each chat to the end of its answer, and where the answer begins."""
    rows = []
    for item in items:
        question = [{"role": "user", "content": item.instruction}]
        prompt = tokenizer.apply_chat_template(question, tokenize=False, add_generation_prompt=True)
        ids, answer = tokenizer([prompt, item.output + recipe.END_OF_TEXT])["input_ids"]
        rows.append((ids + answer, len(ids)))
    return rows


def train_base(
    shape: recipe.Shape,
    tokenizer: PreTrainedTokenizerFast,
    rows: Tensor,
    seed: int,
    schedule: Schedule = sample.BASE,
) -> GPTNeoXForCausalLM:
    """From first weights, on rows of plain text (rows, tokens)."""
    model = new_model(shape, tokenizer, seed)
    order = order_of(len(rows), schedule.steps * schedule.rows, seed).view(schedule.steps, schedule.rows)

    def batch(step: int) -> Batch:
        tokens = rows[order[step]]
        return tokens, tokens

    fit(model, schedule, batch)
    return model


def train_skill(
    base: GPTNeoXForCausalLM, rows: Rows, pad: int, seed: int, schedule: Schedule = sample.EXPERT
) -> GPTNeoXForCausalLM:
    """A model from the base, rounded to bfloat16."""
    model = copy.deepcopy(base)
    order = order_of(len(rows), schedule.steps * schedule.rows, seed).view(schedule.steps, schedule.rows)
    fit(model, schedule, lambda step: chat_batch([rows[i] for i in order[step].tolist()], pad))
    return model.to(torch.bfloat16)
