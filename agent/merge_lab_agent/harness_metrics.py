"""What the harness found, as numbers that can be compared item by item."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from merge_lab_agent.downstream_results import Metric, in_blocks
from merge_lab_agent.problem import Problem

_FORMS = {
    "mean": "mean",
    "perplexity": "perplexity",
    "weighted_perplexity": "perplexity",
    "bits_per_byte": "bits",
}


def check_metric(task: str, config: dict[str, Any], metric: str) -> None:
    """Raises Problem `metric_unknown` where the task's configuration says that it gives no such metric."""
    given = metrics_of(config)
    if given and metric not in given:
        raise Problem(
            "metric_unknown",
            f"The task '{task}' has no metric '{metric}'.",
            f"It has: {', '.join(given)}.",
        )


def metrics_of(config: dict[str, Any]) -> list[str]:
    """As `metric_of` names them; empty where code of the task says what they are."""
    from lm_eval.api import metrics  # noqa: F401, which fills the registry
    from lm_eval.api.registry import DEFAULT_METRIC_REGISTRY, METRIC_REGISTRY

    if not config or config.get("process_results") or config.get("class"):
        return []
    own, kind = config.get("metric_list"), config.get("output_type", "generate_until")
    names = DEFAULT_METRIC_REGISTRY.get(kind, []) if own is None else [one.get("metric") for one in own]
    filters = config.get("filter_list") or [{"name": "none"}]
    if any(name not in METRIC_REGISTRY for name in names) or not all(
        isinstance(one, dict) for one in filters
    ):
        return []
    return [_named(name, str(chosen.get("name"))) for chosen in filters for name in names]


def _named(metric: str, chosen: str) -> str:
    return metric if chosen == "none" else f"{metric},{chosen}"


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
        name=_named(metric, chosen),
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
