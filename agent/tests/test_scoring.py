"""Losses against an independent plain loop: one sample at a time, all logits, float64 log-softmax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import make_model
from transformers import AutoConfig, AutoModelForCausalLM

from merge_lab_agent.averaging import AveragedScorer
from merge_lab_agent.batches import make_batches
from merge_lab_agent.problem import Problem
from merge_lab_agent.scoring import Score, Scorer


@dataclass(frozen=True)
class Sample:
    tokens: list[int]
    scored: list[int]


@dataclass(frozen=True)
class Evaluation:
    """What the scorer reads of an evaluation set."""

    id: str
    samples: list[Sample]
    shared: None = None


def random_evaluation(name: str, count: int = 17, longest: int = 40, vocabulary: int = 320) -> Evaluation:
    """Questions and answers of mixed lengths; some scored positions with gaps, one at the very first."""
    random = np.random.default_rng(sum(name.encode()))
    samples = []
    for i in range(count):
        length = int(random.integers(3, longest))
        tokens = random.integers(0, vocabulary, size=length).tolist()
        begin = 1 if i == 0 else int(random.integers(1, length))
        scored = [t for t in range(begin, length) if t == begin or random.random() < 0.8]
        samples.append(Sample(tokens, scored))
    return Evaluation(name, samples)


def plain_loop(model: Any, evaluation: Evaluation) -> list[float]:
    """−Σ log p(x_t | x_<t) of each sample, with nothing shared with the module under test."""
    result = []
    with torch.no_grad():
        for sample in evaluation.samples:
            logits = model(input_ids=torch.tensor([sample.tokens])).logits[0].double()
            total = 0.0
            for t in sample.scored:
                row = logits[t - 1]
                total -= float(row[sample.tokens[t]] - torch.logsumexp(row, 0))
            result.append(total)
    return result


def load(folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval().requires_grad_(False)


def scorer_of(model: Any, batch_tokens: int = 4096, dtype: str = "float32") -> Scorer:
    return Scorer(model, device="cpu", dtype=dtype, batch_tokens=batch_tokens)


ARCHITECTURES: dict[str, dict[str, Any]] = {
    "qwen2": {},
    "llama": {"tied": False},
    "gpt_neox": {},
    "gemma2": {"final_logit_softcapping": 3.0, "attn_logit_softcapping": 5.0},
    "gpt2": {},
}


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> Any:
    return load(tiny_base)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_losses_equal_the_plain_loop(architecture: str, tmp_path: Path) -> None:
    folder = make_model(
        tmp_path / "m", architecture=architecture, dtype="float32", **ARCHITECTURES[architecture]
    )
    model, evaluation = load(folder), random_evaluation("alpha")
    scorer = scorer_of(model)
    assert scorer.way == "gathered"
    score, expected = scorer.score(evaluation), plain_loop(model, evaluation)
    assert score.nll == pytest.approx(sum(expected), rel=1e-5)
    assert score.per_sample == pytest.approx(expected, rel=1e-5)
    assert score.tokens == sum(len(sample.scored) for sample in evaluation.samples)
    assert (score.samples, score.diverged, score.batch_tokens) == (17, False, 4096)
    assert score.per_sample.dtype == np.float32


def test_soft_caps_and_scales_of_logits_are_kept(tmp_path: Path) -> None:
    """The same weights with and without the cap must differ, and each equal its own plain loop."""
    totals = []
    for cap in (2.0, 30.0):
        folder = make_model(tmp_path / str(cap), architecture="gemma2", final_logit_softcapping=cap)
        model, evaluation = load(folder), random_evaluation("alpha")
        totals.append(scorer_of(model).score(evaluation).nll)
        assert totals[-1] == pytest.approx(sum(plain_loop(model, evaluation)), rel=1e-5)
    assert abs(totals[0] - totals[1]) > 1.0
    for architecture, name in (("cohere", "logit_scale"), ("granite", "logits_scaling")):
        folder = tmp_path / architecture
        settings = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "vocab_size": 320}
        settings |= {"num_attention_heads": 4, "num_key_value_heads": 2, "pad_token_id": 0, name: 3.0}
        torch.manual_seed(0)
        scaled: Any = AutoModelForCausalLM.from_config(AutoConfig.for_model(architecture, **settings)).eval()
        for parameter in scaled.parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.15)
        scorer = scorer_of(scaled)
        assert scorer.way == "gathered", architecture
        expected = sum(plain_loop(scaled, evaluation))
        assert scorer.score(evaluation).nll == pytest.approx(expected, rel=1e-5), folder


@pytest.mark.parametrize("batch_tokens", [1, 50, 200, 100_000])
def test_float32_losses_do_not_depend_on_batching(model: Any, batch_tokens: int) -> None:
    evaluation = random_evaluation("beta")
    expected = plain_loop(model, evaluation)
    assert scorer_of(model, batch_tokens).score(evaluation).per_sample == pytest.approx(expected, rel=1e-5)


def test_sets_scored_together_have_the_losses_of_each_alone(model: Any) -> None:
    sets = [random_evaluation(name, count) for name, count in (("alpha", 5), ("beta", 9), ("gamma", 2))]
    together = scorer_of(model).score_all(sets)
    for score, evaluation in zip(together, sets):
        alone = scorer_of(model).score(evaluation)
        assert score.nll == pytest.approx(alone.nll, rel=1e-5)
        assert score.per_sample == pytest.approx(alone.per_sample, rel=1e-5)
        assert (score.tokens, score.samples) == (alone.tokens, alone.samples)
    assert scorer_of(model).score_all([]) == []


def test_prepared_batches_see_new_parameters(tmp_path: Path, tiny_base: Path) -> None:
    model, evaluation = load(tiny_base), random_evaluation("alpha")
    scorer = scorer_of(model)
    first = scorer.score(evaluation)
    for parameter in model.parameters():
        parameter.data.mul_(0.9)
    second = scorer.score(evaluation)
    assert second.nll == pytest.approx(sum(plain_loop(model, evaluation)), rel=1e-5)
    assert abs(second.nll - first.nll) > 1.0


def test_chunks_of_logits_and_rows_leave_no_seam(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation = random_evaluation("alpha")
    whole = scorer_of(model).score(evaluation)
    monkeypatch.setattr("merge_lab_agent.scoring._LOGITS", 320 * 7)
    monkeypatch.setattr("merge_lab_agent.scoring._ROWS", 320 * 3)
    assert scorer_of(model).score(evaluation).nll == pytest.approx(whole.nll, rel=1e-6)


def test_a_token_can_be_scored_in_two_samples_and_twice_in_order(model: Any) -> None:
    sample = Sample([5, 6, 7, 8], [1, 3])
    scores = scorer_of(model).score(Evaluation("x", [sample, Sample([9, 9], [1]), sample]))
    assert scores.per_sample[0] == pytest.approx(scores.per_sample[2], rel=1e-6)
    assert scores.tokens == 5


def test_a_model_of_zeros_loses_the_logarithm_of_the_vocabulary(tiny_base: Path) -> None:
    model, evaluation = load(tiny_base), random_evaluation("alpha")
    for parameter in model.parameters():
        parameter.data.zero_()
    score = scorer_of(model).score(evaluation)
    assert score.nll == pytest.approx(score.tokens * math.log(320), rel=1e-6)


def test_bfloat16_deviates_as_little_as_its_rounding(
    tiny_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = random_evaluation("alpha", 60)
    exact = scorer_of(load(tiny_base)).score(evaluation)
    rounded = scorer_of(load(tiny_base, torch.bfloat16), dtype="bfloat16").score(evaluation)
    each = np.abs(rounded.per_sample / exact.per_sample - 1)
    overall = (rounded.nll - exact.nll) / exact.tokens
    with capsys.disabled():
        print(
            f"\nbfloat16 against float32: {overall * 1000:+.2f} mnat a token, at most "
            f"{each.max():.1e} of a sample's loss, {abs(rounded.nll / exact.nll - 1):.1e} of the total"
        )
    assert 0 < each.max() < 2e-2
    assert abs(overall) < 5e-3
    # In bfloat16 too, only the forward pass is: its own logits, in the plain loop's float64, agree closely.
    model = load(tiny_base, torch.bfloat16)
    assert rounded.nll == pytest.approx(sum(plain_loop(model, evaluation)), rel=5e-3)


# Blocks, limits and failures -----------------------------------------------------------------------------


def test_above_a_thousand_samples_blocks_are_kept(model: Any) -> None:
    n = 1003
    samples = [Sample([i % 300, (i * 7) % 300, (i * 3) % 300], [1, 2]) for i in range(n)]
    score: Score = scorer_of(model, 100_000).score(Evaluation("many", samples))
    expected = plain_loop(model, Evaluation("many", samples))
    assert score.samples == n and len(score.per_sample) == 1000
    for i in (0, 332, 333, 500, 999):
        begin, end = i * n // 1000, (i + 1) * n // 1000
        assert score.per_sample[i] == pytest.approx(sum(expected[begin:end]), rel=1e-5)
    assert float(score.per_sample.astype(np.float64).sum()) == pytest.approx(score.nll, rel=1e-6)


def test_batches_stay_under_the_budget_and_cut_what_cannot_matter() -> None:
    samples = [Sample(list(range(n)), [n // 2]) for n in (30, 4, 60, 12, 30, 7)] + [Sample([1, 2], [])]
    batches = make_batches(samples, 40, torch.device("cpu"))
    assert sorted(i for batch in batches for i in batch.sample.tolist()) == [0, 1, 2, 3, 4, 5]
    assert all(batch.tokens.numel() <= 40 for batch in batches)
    assert [batch.tokens.shape[1] for batch in batches] == sorted(
        (batch.tokens.shape[1] for batch in batches), reverse=True
    )
    assert make_batches([samples[2]], 5, torch.device("cpu"))[0].tokens.shape == (1, 30)


def test_a_loss_that_is_not_finite_is_said_to_have_diverged(tiny_base: Path) -> None:
    model = load(tiny_base)
    scorer = scorer_of(model)
    model.model.norm.weight.data.fill_(float("nan"))
    score = scorer.score(random_evaluation("alpha"))
    assert score.diverged and not math.isfinite(score.nll)


def test_batches_are_halved_when_memory_runs_out_and_that_is_recorded(
    tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real limit is set low: a batch of more than 100 tokens fails as the allocator fails."""
    model, evaluation = load(tiny_base), random_evaluation("alpha")
    scorer = scorer_of(model, 640)
    forward = model.model.forward

    def limited(input_ids: torch.Tensor, **rest: Any) -> Any:
        if input_ids.numel() > 100:
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"
            )
        return forward(input_ids=input_ids, **rest)

    monkeypatch.setattr(model.model, "forward", limited)
    score = scorer.score(evaluation)
    monkeypatch.undo()
    assert score.batch_tokens == 80
    assert score.nll == pytest.approx(sum(plain_loop(model, evaluation)), rel=1e-5)
    assert scorer.score(evaluation).batch_tokens == 80


def test_memory_that_fits_not_one_sample_ends_with_a_problem(
    tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(tiny_base)
    scorer = scorer_of(model, 64)

    def never(**_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(model.model, "forward", never)
    with pytest.raises(Problem) as refused:
        scorer.score(random_evaluation("alpha"))
    assert refused.value.code == "out_of_memory"


def test_other_errors_are_not_taken_for_want_of_memory(
    tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(tiny_base)
    scorer = scorer_of(model)

    def broken(**_: Any) -> Any:
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(model.model, "forward", broken)
    with pytest.raises(RuntimeError, match="multiplied"):
        scorer.score(random_evaluation("alpha"))


def test_tokens_beyond_the_vocabulary_are_refused(model: Any) -> None:
    with pytest.raises(Problem) as refused:
        scorer_of(model).score(Evaluation("x", [Sample([1, 320, 2], [2])]))
    assert refused.value.code == "token_out_of_range"
    assert "320" in refused.value.message


def test_a_model_that_the_shortcut_does_not_fit_is_scored_by_full_logits(tiny_base: Path) -> None:
    """Logits that depend on the position, added after the head, cannot be made from hidden states alone."""
    model, evaluation = load(tiny_base), random_evaluation("alpha", 4)
    model.forward = _with_position_bias(model.forward)
    scorer = scorer_of(model)
    assert scorer.way == "full"
    assert scorer.score(evaluation).nll == pytest.approx(sum(plain_loop(model, evaluation)), rel=1e-5)


def _with_position_bias(forward: Any) -> Any:
    def biased(*args: Any, **kwargs: Any) -> Any:
        output = forward(*args, **kwargs)
        length, vocabulary = output.logits.shape[1:]
        place = torch.arange(length)[:, None] * torch.linspace(0, 0.1, vocabulary)
        output.logits = output.logits + place
        return output

    return biased


# Averaged logits


def tiny_scorer(seed: int, vocabulary: int = 320, dtype: str = "float32") -> Scorer:
    torch.manual_seed(seed)
    config = AutoConfig.for_model(
        "llama",
        vocab_size=vocabulary,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        initializer_range=0.3,
    )
    model = AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype)).eval()
    return Scorer(model, device="cpu", dtype=dtype, batch_tokens=64)


def averaged_loop(models: list[Any], evaluation: Evaluation, vocabulary: int) -> list[float]:
    """−Σ log softmax of the mean logits, sample by sample, in float64."""
    result = []
    with torch.no_grad():
        for sample in evaluation.samples:
            ids = torch.tensor([sample.tokens])
            parts = [model(input_ids=ids).logits[0, :, :vocabulary].double() for model in models]
            log_p = (sum(parts) / len(parts)).log_softmax(-1)  # type: ignore[union-attr]
            result.append(-sum(float(log_p[t - 1, sample.tokens[t]]) for t in sample.scored))
    return result


@pytest.mark.parametrize("way", ["gathered", "full"])
def test_averaged_logits_are_those_of_a_plain_loop(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where tables are padded to different lengths, and where logits come in many parts."""
    monkeypatch.setattr("merge_lab_agent.scoring._LOGITS", 320 * 8)
    members = [tiny_scorer(1), tiny_scorer(2, vocabulary=352), tiny_scorer(3)]
    assert [member.way for member in members] == ["gathered"] * 3
    for member in members:
        member.way = way
    evaluation = random_evaluation("averaged")
    expected = averaged_loop([member.model for member in members], evaluation, 320)
    averaged = AveragedScorer(members)
    assert averaged.rows == 2  # 352 · 2 · 3 logits at a time
    score = averaged.score(evaluation)  # type: ignore[arg-type]
    assert score.per_sample == pytest.approx(expected, rel=1e-5)
    alone = [member.score(evaluation).nll for member in members]  # type: ignore[arg-type]
    assert all(abs(score.nll - nll) > 1 for nll in alone)


def test_the_average_of_one_model_twice_is_that_model() -> None:
    member, evaluation = tiny_scorer(1, dtype="bfloat16"), random_evaluation("twice")
    alone = member.score(evaluation)  # type: ignore[arg-type]
    twice = AveragedScorer([member, member]).score(evaluation)  # type: ignore[arg-type]
    assert twice.per_sample.tolist() == alone.per_sample.tolist()
