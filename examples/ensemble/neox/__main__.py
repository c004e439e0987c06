"""Make all models of this folder: `python -m neox` (some ten minutes of one idle core)."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from make import recipe as sample
from make.domains import DOMAINS
from make.generate import base_documents, take
from make.tokenizer import copy_tokenizer
from make.train import answer_loss, base_rows, fix_arithmetic
from transformers import PreTrainedTokenizerFast

from . import recipe
from .tokenizer import save_tokenizer, train_tokenizer
from .train import Rows, chat_rows, train_base, train_skill

MODELS = Path(__file__).resolve().parent.parent / "models"


class Maker:
    """What all models are made from."""

    def __init__(self, scratch: Path) -> None:
        documents = [document for domain in DOMAINS for document in base_documents(domain)]
        self.tokenizer: PreTrainedTokenizerFast = train_tokenizer(documents)
        self.text = base_rows(documents, self.tokenizer)
        self.scratch = scratch
        save_tokenizer(self.tokenizer, scratch)

    def rows(self, skill: str, part: str, count: int) -> Rows:
        items = [item for domain in recipe.SKILLS[skill] for item in take(domain, part, count)]
        return chat_rows(items, self.tokenizer)

    def make(self, size: str, skills: Sequence[str], seed: int, folder: Path) -> None:
        """One base and its models; the base is not kept."""
        started = time.perf_counter()
        base = train_base(recipe.SHAPES[size], self.tokenizer, self.text, seed)
        pad = int(self.tokenizer.pad_token_id)
        for skill in skills:
            model = train_skill(base, self.rows(skill, "expert", sample.EXPERT_SAMPLES), pad, seed)
            name = skill if seed == sample.SEED else f"{skill}-{seed}"
            shutil.rmtree(folder / name, ignore_errors=True)
            model.save_pretrained(folder / name)
            copy_tokenizer(self.scratch, folder / name)
            loss = answer_loss(model, self.rows(skill, "eval", sample.EVAL_SAMPLES), pad)
            seconds = time.perf_counter() - started
            print(f"{size} {name}: {model.num_parameters():,} parameters, {loss:.3f} nats, {seconds:.0f} s")


def main() -> None:
    fix_arithmetic()
    transformers.utils.logging.disable_progress_bar()
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
    with tempfile.TemporaryDirectory() as scratch:
        maker = Maker(Path(scratch))
        for size in recipe.SHAPES:
            maker.make(size, list(recipe.SKILLS), sample.SEED, MODELS / size)
        for seed in recipe.AGAIN_SEEDS:
            maker.make(recipe.AGAIN_SIZE, [recipe.AGAIN_SKILL], seed, MODELS / recipe.AGAIN_SIZE)


if __name__ == "__main__":
    main()
