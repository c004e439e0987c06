"""What the harness found, as numbers that can be compared item by item."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from merge_lab_agent.downstream_results import Metric, in_blocks

_FORMS = {
    "mean": "mean",
    "perplexity": "perplexity",
    "weighted_perplexity": "perplexity",
    "bits_per_byte": "bits",
}


def is_metric(name: str, value: Any) -> bool:
    """`acc,none`, not `acc_stderr,none` and not `alias`."""
    metric, comma, _ = name.partition(",")
    return bool(comma) and not metric.endswith("_stderr") and _number(value) is not None


def metric_of(task: Any, name: str, results: dict[str, Any], samples: list[dict[str, Any]]) -> Metric:
    """One entry of the harness's results, with its values by item where its score follows from them."""
    metric, _, chosen = name.partition(",")
    aggregation = getattr(task.aggregation().get(metric), "__name__", "mean")
    values = [s[metric] for s in samples if s["filter"] == chosen and metric in s]
    form, ratio = _FORMS.get(aggregation), None
    if form is not None and len(values) == len({s["doc_id"] for s in samples}):
        ratio = _ratio(values)
    return Metric(
        name=metric if chosen == "none" else f"{metric},{chosen}",
        value=float(results[name]),
        stderr=_number(results.get(f"{metric}_stderr,{chosen}")),
        higher_is_better=bool(task.higher_is_better().get(metric, True)),
        form=None if ratio is None else form,
        numerators=None if ratio is None else in_blocks(ratio[0]),
        weights=None if ratio is None else in_blocks(ratio[1]),
    )


def _ratio(values: list[Any]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Numerators and weights, both [items]; None where they are not finite numbers."""
    pairs = [value if isinstance(value, tuple | list) else (value, 1.0) for value in values]
    if any(len(pair) != 2 or _number(pair[0]) is None or _number(pair[1]) is None for pair in pairs):
        return None
    found = np.array([[float(a), float(b)] for a, b in pairs], dtype=np.float64)
    return found[:, 0], found[:, 1]


def _number(value: Any) -> float | None:
    """A finite number; numpy's and truth values too."""
    if isinstance(value, str) or not isinstance(value, int | float | np.number | np.bool_):
        return None
    return float(value) if math.isfinite(value) else None


def digest_of(samples: list[dict[str, Any]]) -> str:
    """Of everything that the model was asked, and of what was right, in the order of the items."""
    asked = hashlib.sha256()
    for sample in sorted(samples, key=lambda one: (one["doc_id"], one["filter"])):
        asked.update(repr((sample["doc_id"], sample["arguments"], sample["target"])).encode("utf-8"))
    return asked.hexdigest()
