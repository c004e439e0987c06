"""A plan: the header that names models, methods and evaluation sets, then one merge a line. Never changed."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from merge_lab_agent import SCORER
from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid
from merge_lab_agent.store import HEX_DIGEST, Store, check_format

METHODS = ("average", "task_arithmetic", "ties", "dare", "dare_ties")
RANDOM_METHODS = ("dare", "dare_ties")


@dataclass(frozen=True)
class PlanModel:
    fingerprint: str
    path: str
    source: str
    kind: Literal["checkpoint", "adapter"]


@dataclass(frozen=True)
class Scoring:
    """How the merges of a size are scored."""

    dtype: str
    batch_tokens: int
    evaluations: tuple[str, ...]
    """Evaluation ids, each once."""


@dataclass(frozen=True)
class PlanSize:
    base: PlanModel
    experts: dict[str, PlanModel]
    parameters: int
    scoring: Scoring


@dataclass(frozen=True)
class Merge:
    """One line. `method` is the header's document; None for an unmerged model, and for `weights`."""

    key: str
    size: str
    method_index: int | None
    method: dict[str, Any] | None
    subset: tuple[str, ...]
    seed: int | None
    reference: str | None
    retry: int
    weights: dict[str, float] | None = None
    """Of each expert of the subset: θ0 + Σ w·v."""
    average: tuple[str, ...] = ()
    """Models of an ensemble whose logits are averaged; `size` is the first of them."""

    @property
    def attempts_allowed(self) -> int:
        """Two tries, and two more each time the user asked for another."""
        return 2 * (1 + self.retry)

    def to_json(self) -> dict[str, Any]:
        """What `current` of a worker's status shows."""
        return {
            "size": self.size,
            "method": self.method_index,
            "subset": list(self.average or self.subset),
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Plan:
    """Each model of an ensemble is a size of its own, without experts, and `ensemble` is true."""

    id: str
    pool: tuple[str, ...]
    sizes: dict[str, PlanSize]
    methods: tuple[dict[str, Any], ...]
    embeddings: str
    references: dict[str, PlanModel]
    ensemble: bool
    merges: tuple[Merge, ...] = field(repr=False)

    def scoring(self, merge: Merge) -> Scoring:
        return self.sizes[merge.size].scoring

    def line(self, document: dict[str, Any]) -> Merge:
        """A merge of these models that need not be in the plan, written as its lines are.

        Raises Problem `request_invalid`.
        """
        try:
            return _merge(document, self.sizes, self.methods, self.pool, self.references)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise invalid(f"This is no merge of the plan: {type(error).__name__}: {error}.") from error

    @classmethod
    def read(cls, store: Store, plan_id: str) -> Plan:
        """Reads and checks `plans/<plan_id>.jsonl`.

        Raises Problem `plan_missing`, `plan_damaged` (bytes do not hash to the id), `plan_invalid`,
        `store_too_new` or `store_too_old`.
        """
        file = store.plan(plan_id)
        try:
            content = file.read_bytes()
        except FileNotFoundError as error:
            raise Problem(
                "plan_missing",
                f"The store has no plan {plan_id[:12]}….",
                "Plan the experiment again; finished merges are kept.",
                file=file,
            ) from error
        if hashlib.sha256(content).hexdigest() != plan_id:
            raise Problem(
                "plan_damaged",
                f"Plan {plan_id[:12]}… does not match its own checksum.",
                "Remove the file and plan the experiment again; finished merges are kept.",
                file=file,
            )
        try:
            lines = [json.loads(line) for line in content.split(b"\n") if line]
            header = lines[0]
            check_format(header, file)
            return _plan(plan_id, header, lines[1:])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise Problem(
                "plan_invalid",
                f"Plan {plan_id[:12]}… is not a plan: {type(error).__name__}: {error}.",
                "Remove the file and plan the experiment again; finished merges are kept.",
                file=file,
            ) from error


def _plan(plan_id: str, header: dict[str, Any], lines: list[dict[str, Any]]) -> Plan:
    if header["scorer"] != SCORER:
        raise Problem(
            "scorer_unknown",
            f"Plan {plan_id[:12]}… asks for scorer {header['scorer']}; this agent has scorer {SCORER}.",
            "Use the same release of Model Merge Lab on both sides, and plan the experiment again.",
        )
    if header.get("kind") == "ensemble":
        return _ensemble(plan_id, header, lines)
    scoring = _scoring(header)
    sizes = {
        _text(name): PlanSize(
            base=_model(size["base"]),
            experts={_text(expert): _model(model) for expert, model in size["experts"].items()},
            parameters=_count(size["parameters"]),
            scoring=scoring,
        )
        for name, size in header["sizes"].items()
    }
    methods = tuple(_method(method) for method in header["methods"])
    if not sizes:
        raise ValueError("it names no size")
    pool = tuple(_text(name) for name in header["pool"])
    references = {_text(name): _model(model) for name, model in header["references"].items()}
    merges = tuple(_merge(line, sizes, methods, pool, references) for line in lines)
    return Plan(
        id=plan_id,
        pool=pool,
        sizes=sizes,
        methods=methods,
        embeddings=_one_of(header["embeddings"], ("exact", "common_rows")),
        references=references,
        ensemble=False,
        merges=merges,
    )


def _ensemble(plan_id: str, header: dict[str, Any], lines: list[dict[str, Any]]) -> Plan:
    sizes = {
        _text(name): PlanSize(_model(model), {}, _count(model["parameters"]), _scoring(model))
        for name, model in header["models"].items()
    }
    if not sizes:
        raise ValueError("it names no model")
    merges = tuple(_score(line, sizes) for line in lines)
    return Plan(plan_id, (), sizes, (), "exact", {}, True, merges)


def _score(line: dict[str, Any], sizes: dict[str, PlanSize]) -> Merge:
    """A line of an ensemble: one model, or several whose logits are averaged."""
    average = _average(line["average"], sizes) if "average" in line else ()
    return Merge(
        key=_hex(line["key"]),
        size=average[0] if average else _one_of(line["model"], sizes),
        method_index=None,
        method=None,
        subset=(),
        seed=None,
        reference=None,
        retry=_count(line.get("retry") or 0),
        average=average,
    )


def _average(names: Any, sizes: dict[str, PlanSize]) -> tuple[str, ...]:
    if not isinstance(names, list) or len(names) < 2:
        raise ValueError(f"{names!r} are no models whose logits have a mean")
    members = tuple(_one_of(name, sizes) for name in names)
    if len({sizes[name].scoring.evaluations for name in members}) > 1:
        raise ValueError(f"{', '.join(members)} do not share a tokenizer: their evaluation sets differ")
    return members


def _scoring(document: dict[str, Any]) -> Scoring:
    evaluations = dict.fromkeys(_hex(identity) for identity in document["evaluations"].values())
    if not evaluations:
        raise ValueError("it names no evaluation set")
    return Scoring(
        dtype=_one_of(document["dtype"], ("float32", "bfloat16", "float16")),
        batch_tokens=_count(document["batch_tokens"], least=1),
        evaluations=tuple(evaluations),
    )


def _model(document: dict[str, Any]) -> PlanModel:
    return PlanModel(
        fingerprint=_hex(document["fingerprint"]),
        path=_text(document["path"]),
        source=_text(document["source"]),
        kind="adapter" if _one_of(document["kind"], ("checkpoint", "adapter")) == "adapter" else "checkpoint",
    )


def _method(document: dict[str, Any]) -> dict[str, Any]:
    _one_of(document["method"], METHODS)
    _one_of(document["compatibility"], ("none", "mergekit"))
    return document


def _merge(
    line: dict[str, Any],
    sizes: dict[str, PlanSize],
    methods: tuple[dict[str, Any], ...],
    pool: tuple[str, ...],
    references: dict[str, PlanModel],
) -> Merge:
    size = _one_of(line["size"], sizes)
    subset = tuple(_one_of(name, sizes[size].experts) for name in line["subset"])
    if len(set(subset)) != len(subset):
        raise ValueError(f"subset {list(subset)} names an expert twice")
    index = line["method"]
    if index is not None and not 0 <= _count(index) < len(methods):
        raise ValueError(f"method {index} is not in the header")
    method = None if index is None else methods[index]
    weights = _weights(line.get("weights"), subset)
    if weights is not None and (method is not None or not subset):
        raise ValueError("weights go with experts and without a method")
    if method is None and weights is None and len(subset) > 1:
        raise ValueError(f"an unmerged model cannot have subset {list(subset)}")
    if method is not None and not subset:
        raise ValueError("a merge has no experts")
    seed = line["seed"]
    if seed is not None or (method is not None and method["method"] in RANDOM_METHODS):
        _count(seed)
    reference = line.get("reference")
    return Merge(
        key=_hex(line["key"]),
        size=size,
        method_index=index,
        method=method,
        subset=tuple(sorted(subset, key=pool.index)),
        seed=seed,
        reference=None if reference is None else _one_of(reference, references),
        retry=_count(line.get("retry") or 0),
        weights=weights,
    )


def _weights(values: Any, subset: tuple[str, ...]) -> dict[str, float] | None:
    if values is None:
        return None
    if not isinstance(values, list) or len(values) != len(subset):
        raise ValueError(f"{values!r} does not hold one weight for each of {list(subset)}")
    return dict(zip(subset, map(_number, values)))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is not a name")
    return value


def _hex(value: Any) -> str:
    if HEX_DIGEST.fullmatch(_text(value)) is None:
        raise ValueError(f"{value!r} is not a SHA-256 in hexadecimal")
    return str(value)


def _count(value: Any, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TypeError(f"{value!r} is not a whole number of at least {least}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _one_of(value: Any, allowed: Any) -> str:
    if _text(value) not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return str(value)
