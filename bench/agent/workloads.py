"""What the benchmarks run on: models of Qwen2.5-0.5B's shape made on the fly, and the sample of size S."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "agent"))

from merge_lab_agent.checkpoint import Checkpoint  # noqa: E402
from merge_lab_agent.evaluation import EvaluationSet, Sample, build_evaluation  # noqa: E402
from merge_lab_agent.rendering import ChatTemplate, find_template  # noqa: E402
from merge_lab_agent.task_vectors import Pool  # noqa: E402
from merge_lab_agent.tokenizer import Tokenizer  # noqa: E402

_HALF_BILLION = {
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "vocab_size": 151936,
    "tie_word_embeddings": True,
    "max_position_embeddings": 4096,
}


def half_billion(experts: int = 4) -> tuple[Path, dict[str, Path]]:
    """Folders of a random base of 494 million parameters and experts 3% of its norm away; made once."""
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM

    folder = Path(tempfile.gettempdir()) / "merge-lab-bench-half-billion"
    names = ["base", *(f"expert{i}" for i in range(experts))]
    if not all((folder / name / "model.safetensors").is_file() for name in names):
        print(f"making {len(names)} models of 0.5B shape in {folder}", flush=True)
        config = AutoConfig.for_model("qwen2", **_HALF_BILLION)
        with torch.device("meta"):
            shapes = {n: p.shape for n, p in AutoModelForCausalLM.from_config(config).named_parameters()}
        config.architectures = ["Qwen2ForCausalLM"]
        config.dtype = "bfloat16"
        base = _random_tensors(shapes)
        for i, name in enumerate(names):
            config.save_pretrained(folder / name)
            tensors = base if i == 0 else _moved(base, seed=i)
            part = folder / name / "model.part"
            save_file(tensors, part, metadata={"format": "pt"})
            part.rename(folder / name / "model.safetensors")
    return folder / "base", {name: folder / name for name in names[1:]}


def _random_tensors(shapes: dict[str, torch.Size]) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        name: (torch.randn(shape, generator=generator) * 0.02 + ("norm" in name)).bfloat16()
        for name, shape in sorted(shapes.items())
    }


def _moved(base: dict[str, torch.Tensor], seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        name: (t.float() + 0.0006 * torch.randn(t.shape, generator=generator)).bfloat16()
        for name, t in base.items()
    }


def half_billion_evaluation(scored: int) -> EvaluationSet:
    """Random tokens in sequences of 120 to 257, all but the first scored: `scored` of them in all."""
    generator = torch.Generator().manual_seed(1)
    samples: list[Sample] = []
    left = scored
    while left:
        n = min(left, int(torch.randint(119, 257, (1,), generator=generator)))
        tokens = torch.randint(0, 151936, (n + 1,), generator=generator).tolist()
        samples.append(Sample(len(samples), tokens, list(range(1, n + 1)), n, False))
        left -= n
    return EvaluationSet(f"random-{scored}", "random", 2048, samples, 0, "random tokens")


def sample_models(size: str = "S") -> tuple[Path, dict[str, Path]]:
    folder = ROOT / "examples" / "nine-domains" / "models" / size
    experts = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and path.name != "base"}
    return folder / "base", experts


def sample_evaluations(size: str = "S") -> list[EvaluationSet]:
    base, experts = sample_models(size)
    tokenizer = Tokenizer.load(base)
    source = find_template(base, tokenizer.config)
    template = None if source is None else ChatTemplate(source, "the base")
    data = ROOT / "examples" / "nine-domains" / "eval"
    return [
        build_evaluation(
            name, data / f"{name}.json", tokenizer, max_length=2048, max_tokens=None, template=template
        )
        for name in experts
    ]


def pool_of(base: Path, experts: dict[str, Path], memory_limit: int = 2 << 30) -> Pool:
    opened = {name: Checkpoint.open(path) for name, path in experts.items()}
    marks = {name: f"{i:064x}" for i, name in enumerate(experts)}
    return Pool(Checkpoint.open(base), opened, marks, memory_limit=memory_limit)
