"""Train a base on plain text, and an expert a domain on chat-formatted answers, all on the CPU."""

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from . import recipe
from .generate import Item

Batch = tuple[Tensor, Tensor]  # token ids and labels, both (rows, tokens); label -100 is not scored
NOT_SCORED = -100


def fix_arithmetic(threads: int = recipe.THREADS) -> None:
    """The same weights on every run: on one machine, with these versions and this number of threads."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)


def new_model(
    shape: recipe.Shape, tokenizer: PreTrainedTokenizerFast, seed: int = recipe.SEED
) -> Qwen2ForCausalLM:
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_value_heads,
        max_position_embeddings=recipe.LONGEST_INPUT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.convert_tokens_to_ids("<|endoftext|>"),
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        initializer_range=recipe.INITIALIZER,
        attn_implementation="sdpa",
    )
    return Qwen2ForCausalLM(config)


def base_rows(
    documents: list[str], tokenizer: PreTrainedTokenizerFast, context: int = recipe.CONTEXT
) -> Tensor:
    """All documents one after another, each ended by <|endoftext|>, cut into rows of `context` tokens."""
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    stream = [token for ids in tokenizer(documents)["input_ids"] for token in (*ids, end)]
    rows = len(stream) // context
    return torch.tensor(stream[: rows * context]).view(rows, context)


def chat_rows(items: list[Item], tokenizer: PreTrainedTokenizerFast) -> list[tuple[list[int], int]]:
    """Token ids of each chat, up to the <|im_end|> of the answer, and where the answer begins."""
    rows = []
    for item in items:
        question = [{"role": "user", "content": item.instruction}]
        prompt = tokenizer.apply_chat_template(question, tokenize=False, add_generation_prompt=True)
        ids, answer = tokenizer([prompt, item.output + "<|im_end|>"], add_special_tokens=False)["input_ids"]
        rows.append((ids + answer, len(ids)))
    return rows


def chat_batch(rows: list[tuple[list[int], int]], pad: int) -> Batch:
    width = max(len(ids) for ids, _ in rows)
    tokens = torch.full((len(rows), width), pad)
    labels = torch.full((len(rows), width), NOT_SCORED)
    for i, (ids, start) in enumerate(rows):
        tokens[i, : len(ids)] = torch.tensor(ids)
        labels[i, start : len(ids)] = torch.tensor(ids[start:])
    return tokens, labels


def loss_of(model: Qwen2ForCausalLM, batch: Batch) -> Tensor:
    """Mean cross-entropy of the scored tokens. Padding is on the right, where attention never looks."""
    tokens, labels = batch
    logits = model(tokens).logits[:, :-1].float()
    return torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=NOT_SCORED
    )


def fit(model: Qwen2ForCausalLM, schedule: recipe.Schedule, batch: Callable[[int], Batch]) -> float:
    """Train in float32 with Adam; return the mean loss of the last tenth of the steps."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=schedule.rate, betas=(0.9, 0.95), weight_decay=0.0)
    model.train()
    losses = []
    for step in range(schedule.steps):
        left = (schedule.steps - step) / (schedule.steps - schedule.warmup)
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate * min((step + 1) / schedule.warmup, left)
        loss = loss_of(model, batch(step))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    tail = losses[-max(1, schedule.steps // 10) :]
    return sum(tail) / len(tail)


def order_of(count: int, needed: int, seed: int) -> Tensor:
    """Which row each place of each batch takes: every row once, then all again in a new order."""
    generator = torch.Generator().manual_seed(seed)
    rounds = -(-needed // count)
    return torch.cat([torch.randperm(count, generator=generator) for _ in range(rounds)])[:needed]


def train_base(
    shape: recipe.Shape,
    tokenizer: PreTrainedTokenizerFast,
    rows: Tensor,
    schedule: recipe.Schedule = recipe.BASE,
    seed: int = recipe.SEED,
) -> Qwen2ForCausalLM:
    """A base rounded to bfloat16, as it is saved; the experts start from the rounded one."""
    started = time.perf_counter()
    model = new_model(shape, tokenizer, seed)
    order = order_of(len(rows), schedule.steps * schedule.rows, seed).view(schedule.steps, schedule.rows)

    def batch(step: int) -> Batch:
        tokens = rows[order[step]]
        return tokens, tokens

    loss = fit(model, schedule, batch)
    seconds = time.perf_counter() - started
    print(f"  base: {model.num_parameters():,} parameters, loss {loss:.3f}, {seconds:.0f} s")
    return model.to(torch.bfloat16)


def train_expert(
    base: Path,
    tokenizer: PreTrainedTokenizerFast,
    items: list[Item],
    schedule: recipe.Schedule = recipe.EXPERT,
    seed: int = recipe.SEED,
) -> tuple[Qwen2ForCausalLM, float]:
    """An expert from the saved base, rounded to bfloat16, and its training loss."""
    model = Qwen2ForCausalLM.from_pretrained(base, dtype=torch.float32)
    rows = chat_rows(items, tokenizer)
    order = order_of(len(rows), schedule.steps * schedule.rows, seed).view(schedule.steps, schedule.rows)

    def batch(step: int) -> Batch:
        return chat_batch([rows[i] for i in order[step].tolist()], int(tokenizer.pad_token_id))

    loss = fit(model, schedule, batch)
    return model.to(torch.bfloat16), loss


@torch.no_grad()
def relative_step(expert: Qwen2ForCausalLM, base: Qwen2ForCausalLM) -> float:
    """Norm of the task vector over the norm of the base."""
    pairs = zip(expert.parameters(), base.parameters(), strict=True)
    squares = [((e.float() - b.float()).pow(2).sum(), b.float().pow(2).sum()) for e, b in pairs]
    return float((sum(step for step, _ in squares) / sum(start for _, start in squares)) ** 0.5)


@torch.no_grad()
def answer_loss(model: Qwen2ForCausalLM, rows: list[tuple[list[int], int]], pad: int) -> float:
    """Cross-entropy in nats per answer token, computed in float32."""
    model.float().eval()
    order = sorted(rows, key=lambda row: len(row[0]))
    nll, count = 0.0, 0
    for i in range(0, len(order), 40):
        batch = chat_batch(order[i : i + 40], pad)
        scored = int((batch[1][:, 1:] != NOT_SCORED).sum())
        nll += float(loss_of(model, batch)) * scored
        count += scored
    return nll / count
