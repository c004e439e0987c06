"""Make everything in this folder but the experiment files: `python -m make` (some ten minutes on two cores).

python -m make            held-out data, tokenizer, all models, and measurements.json
python -m make eval       held-out data and the task made of it only
python -m make S M        models of these sizes only
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

import torch
import transformers
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from . import recipe
from .domains import DOMAINS
from .endings import write_endings
from .generate import base_documents, take, write_eval
from .tokenizer import copy_tokenizer, save_tokenizer, train_tokenizer
from .train import (
    answer_loss,
    base_rows,
    chat_rows,
    fix_arithmetic,
    relative_step,
    train_base,
    train_expert,
)

HERE = Path(__file__).resolve().parent.parent


class Measured(TypedDict):
    """Losses in nats per held-out answer token; `relative_step` is the task vector's norm over the base's."""

    parameters: int
    base: dict[str, float]
    experts: dict[str, dict[str, float]]
    relative_step: dict[str, float]


def save(model: Qwen2ForCausalLM, folder: Path, tokenizer: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    copy_tokenizer(tokenizer, folder)


def measure(model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast) -> dict[str, float]:
    pad = int(tokenizer.pad_token_id)
    return {
        domain: round(
            answer_loss(model, chat_rows(take(domain, "eval", recipe.EVAL_SAMPLES), tokenizer), pad), 4
        )
        for domain in DOMAINS
    }


def make_size(
    size: str, documents: list[str], tokenizer: PreTrainedTokenizerFast, tokenizer_folder: Path, models: Path
) -> Measured:
    """Train, save and measure the base and the experts of one size."""
    print(f"size {size}")
    folder = models / size
    base = train_base(recipe.SHAPES[size], tokenizer, base_rows(documents, tokenizer))
    save(base, folder / "base", tokenizer_folder)
    measured = Measured(
        parameters=base.num_parameters(), base=measure(base, tokenizer), experts={}, relative_step={}
    )
    for domain in DOMAINS:
        started = time.perf_counter()
        items = take(domain, "expert", recipe.EXPERT_SAMPLES)
        expert, loss = train_expert(folder / "base", tokenizer, items)
        save(expert, folder / domain, tokenizer_folder)
        measured["relative_step"][domain] = round(relative_step(expert, base), 4)
        measured["experts"][domain] = measure(expert, tokenizer)
        print(
            f"  {domain}: loss {loss:.3f}, task vector {measured['relative_step'][domain]:.3f} of the base, "
            f"held out {measured['base'][domain]:.3f} -> {measured['experts'][domain][domain]:.3f}, "
            f"{time.perf_counter() - started:.0f} s"
        )
    return measured


def note(size: str, measured: Measured) -> None:
    """Put the measurements of one size beside those of the others."""
    notes = HERE / "measurements.json"
    known: dict[str, Measured] = json.loads(notes.read_text()) if notes.exists() else {}
    known[size] = measured
    notes.write_text(json.dumps({s: known[s] for s in recipe.SHAPES if s in known}, indent=1) + "\n")


def main(wanted: list[str]) -> None:
    fix_arithmetic()
    transformers.utils.logging.disable_progress_bar()
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {recipe.THREADS} threads")
    write_eval(HERE / "eval")
    write_endings(HERE / "tasks" / "endings")
    print(f"eval: {recipe.EVAL_SAMPLES} held-out samples a domain")
    sizes = [size for size in recipe.SHAPES if size in wanted or not wanted]
    if not sizes:
        return
    documents = [document for domain in DOMAINS for document in base_documents(domain)]
    tokenizer = train_tokenizer(documents)
    print(f"text: {len(documents):,} base documents; vocabulary of {len(tokenizer)}")
    with tempfile.TemporaryDirectory() as scratch:
        save_tokenizer(tokenizer, Path(scratch))
        for size in sizes:
            note(size, make_size(size, documents, tokenizer, Path(scratch), HERE / "models"))


if __name__ == "__main__":
    main(sys.argv[1:])
