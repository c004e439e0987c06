"""Each merge method against its formula in float64, written out with plain loops; its parameters' limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from merge_lab_agent.masks import keep_mask
from merge_lab_agent.methods import (
    Cut,
    Workspace,
    add_elected_mean,
    add_scaled_sum,
    drop,
    kept_entries,
    recipe,
    trim,
)
from merge_lab_agent.problem import Problem
from merge_lab_agent.trims import find_cut

N = 1003
AVERAGE = {"method": "average", "compatibility": "none"}
TIES = {"method": "ties", "scale": 0.5, "density": 1.0, "trim_scope": "tensor", "compatibility": "none"}
DARE = {"method": "dare", "drop_rate": 0.2, "compatibility": "none"}
DARE_TIES = {"method": "dare_ties", "drop_rate": 0.2, "scale": 0.7, "compatibility": "none"}


def random_models(k: int = 4, seed: int = 0) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """A base and k task vectors with few distinct values, as bfloat16 experts have: many exact ties."""
    generator = torch.Generator().manual_seed(seed)
    base = torch.randn(N, generator=generator)
    return base, [
        (torch.randn(N, generator=generator) * 5).round().div(128).to(torch.float32) for _ in range(k)
    ]


def merged(method: dict[str, Any], base: torch.Tensor, vectors: list[torch.Tensor]) -> np.ndarray:
    out = torch.full_like(base, torch.nan)
    how = recipe(method, len(vectors), 0)
    if how.elect:
        add_elected_mean(base, iter(vectors), how.c, out, Workspace(torch.device("cpu")))
    else:
        add_scaled_sum(base, iter(vectors), how.c, out)
    return out.double().numpy()


def plain_ties(base: torch.Tensor, vectors: list[torch.Tensor], scale: float) -> np.ndarray:
    """Entry by entry: sign of the sum (zero is +), mean of the entries of that sign, in Python floats."""
    result = []
    for j in range(N):
        entries = [float(v[j]) for v in vectors]
        sign = 1.0 if sum(entries) >= 0 else -1.0
        agreeing = [e for e in entries if e * sign > 0]
        result.append(float(base[j]) + scale * (sum(agreeing) / len(agreeing) if agreeing else 0.0))
    return np.array(result)


def test_average_is_the_mean_of_task_vectors() -> None:
    base, vectors = random_models()
    expected = base.double() + sum(v.double() for v in vectors) / 4
    assert np.abs(merged(AVERAGE, base, vectors) - expected.numpy()).max() < 1e-6


@pytest.mark.parametrize(("normalize", "factor"), [(True, 0.8 / 4), (False, 0.8)])
def test_task_arithmetic_scales_the_mean_or_the_sum(normalize: bool, factor: float) -> None:
    base, vectors = random_models()
    method = {"method": "task_arithmetic", "scale": 0.8, "normalize": normalize, "compatibility": "none"}
    expected = base.double() + factor * sum(v.double() for v in vectors)
    assert np.abs(merged(method, base, vectors) - expected.numpy()).max() < 1e-6


@pytest.mark.parametrize("k", [1, 2, 5])
def test_ties_is_the_mean_of_the_entries_that_agree(k: int) -> None:
    base, vectors = random_models(k)
    got = merged(TIES, base, vectors)
    assert np.abs(got - plain_ties(base, vectors, 0.5)).max() < 1e-6


def test_ties_zero_sum_elects_plus() -> None:
    base = torch.zeros(3)
    vectors = [torch.tensor([2.0, 0.0, 1.0]), torch.tensor([-2.0, 0.0, -3.0])]
    method = TIES | {"scale": 1.0}
    assert merged(method, base, vectors).tolist() == [2.0, 0.0, -3.0]


def test_ties_zeros_do_not_thin_the_mean() -> None:
    base, vectors = torch.zeros(1), [torch.tensor([4.0]), torch.tensor([0.0]), torch.tensor([2.0])]
    assert merged(TIES | {"scale": 1.0}, base, vectors).tolist() == [3.0]


def test_a_lone_expert_under_ties_moves_by_scale() -> None:
    base, vectors = random_models(1)
    expected = base.double() + 0.5 * vectors[0].double()
    assert np.abs(merged(TIES, base, vectors) - expected.numpy()).max() < 1e-6


def test_dare_rescales_by_the_exact_share_kept() -> None:
    base, vectors = random_models()
    expected = base.double() + (65536 / 52429) / 4 * sum(v.double() for v in vectors)
    assert np.abs(merged(DARE, base, vectors) - expected.numpy()).max() < 1e-6
    assert (
        np.abs(merged(DARE_TIES, base, vectors) - plain_ties(base, vectors, 0.7 * 65536 / 52429)).max() < 1e-6
    )


def test_dare_without_dropping_is_the_average() -> None:
    base, vectors = random_models()
    assert np.array_equal(merged(DARE | {"drop_rate": 0.0}, base, vectors), merged(AVERAGE, base, vectors))


def test_pieces_give_the_bits_of_the_whole() -> None:
    base, vectors = random_models(5)
    for method in (AVERAGE, TIES, DARE):
        whole = merged(method, base, vectors)
        for cut in (1, 17, 512, 1000):
            parts = [merged(method, base[a:b], [v[a:b] for v in vectors]) for a, b in ((0, cut), (cut, N))]
            assert np.array_equal(np.concatenate(parts), whole)


# Trimming ------------------------------------------------------------------------------------------------


def plain_trim(v: torch.Tensor, keep: int) -> torch.Tensor:
    """Sort by falling magnitude, then by index; keep the first ones."""
    order = sorted(range(v.numel()), key=lambda j: (-abs(float(v[j])), j))
    kept = torch.zeros_like(v)
    for j in order[:keep]:
        kept[j] = v[j]
    return kept


def in_pieces(v: torch.Tensor, step: int) -> Any:
    return lambda: ((begin, v[begin : begin + step]) for begin in range(0, v.numel(), step))


@pytest.mark.parametrize("keep", [1, 2, 10, 500, 900, N - 1])
@pytest.mark.parametrize("step", [64, N])
def test_trim_keeps_the_largest_and_of_equal_ones_the_first(keep: int, step: int) -> None:
    _, (v,) = random_models(1, seed=3)
    cut = find_cut(in_pieces(v, step), keep)
    got = v.clone()
    for begin in range(0, N, step):
        trim(got[begin : begin + step], cut, begin)
    assert torch.equal(got, plain_trim(v, keep))


def test_trim_where_most_entries_are_zero() -> None:
    v = torch.zeros(100)
    v[[7, 50]] = torch.tensor([1.0, -2.0])
    for keep in (1, 2, 40):
        cut = find_cut(in_pieces(v, 100), keep)
        got = v.clone()
        trim(got, cut, 0)
        assert torch.equal(got, plain_trim(v, keep))


def test_trim_of_a_slice_knows_where_it_begins() -> None:
    v = torch.tensor([1.0, 1.0, 1.0, 1.0])
    trim(v, Cut(1.0, 10), begin=8)
    assert v.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_kept_entries_round_down_but_keep_one() -> None:
    assert [kept_entries(d, 10, "none") for d in (0.05, 0.39, 0.4, 1.0)] == [1, 3, 4, 10]
    with pytest.raises(Problem) as refused:
        kept_entries(0.05, 10, "mergekit")
    assert refused.value.code == "method_invalid"


def test_drop_zeroes_what_the_mask_lacks_from_any_beginning() -> None:
    v = torch.arange(1.0, N + 1)
    packed = torch.from_numpy(keep_mask(0, "f", "t", N, 40000))
    kept = np.unpackbits(packed.numpy(), count=N, bitorder="little").astype(bool)
    whole = v.clone()
    drop(whole, packed, 0)
    assert np.array_equal(whole.numpy(), np.where(kept, v.numpy(), 0))
    part = v[512:700].clone()
    drop(part, packed, 512)
    assert torch.equal(part, whole[512:700])


# Bad parameters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "k", "seed"),
    [
        ({"method": "slurp"}, 2, None),
        (AVERAGE, 0, None),
        (DARE, 2, None),
        (DARE | {"drop_rate": 1.0}, 2, 0),
        (DARE | {"drop_rate": -0.1}, 2, 0),
        (DARE | {"drop_rate": float("nan")}, 2, 0),
        (TIES | {"density": 0.0}, 2, None),
        (TIES | {"density": 1.5}, 2, None),
        (TIES | {"trim_scope": "layer"}, 2, None),
        (TIES | {"trim_scope": "model", "compatibility": "mergekit"}, 2, None),
    ],
)
def test_impossible_parameters_are_refused(method: dict[str, Any], k: int, seed: int | None) -> None:
    with pytest.raises(Problem) as refused:
        recipe(method, k, seed)
    assert refused.value.code == "method_invalid"
