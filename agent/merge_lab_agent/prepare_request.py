"""The request of `prepare`, checked field by field at the edge and trusted from there on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field, text_field, text_list
from merge_lab_agent.store import compact_json

_ROLES = ("base", "expert", "reference", "model")
_DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class AskedModel:
    """`id` is `<size>/base`, `<size>/expert/<name>` or `reference/<name>`; in an ensemble its name."""

    id: str
    source: str
    role: str
    size: str | None


@dataclass(frozen=True)
class Request:
    """PrepareRequest of core/store/format.ts."""

    store: Path
    root: Path
    models: list[AskedModel]
    embeddings: str
    domains: dict[str, str]
    max_length: int
    max_tokens_per_domain: int | None
    chat_template: str
    dtype: str
    device: str
    allow_remote_code: tuple[str, ...]
    max_bytes: int | None = None
    """Of a sample's scored text; set for an ensemble, whose models need not have anything in common."""

    def file(self, path: str) -> Path:
        """A path of the experiment; relative ones begin at its folder."""
        return self.root / Path(path).expanduser()


def request_digest(request: Mapping[str, Any]) -> str:
    """SHA-256 of the request as canonical JSON (RFC 8785): the name of its prepared file."""
    return hashlib.sha256(compact_json(_canonical(request))).hexdigest()


def _canonical(value: Any) -> Any:
    """Keys in the order of their UTF-16 code units, at every depth."""
    if isinstance(value, Mapping):
        order = sorted(value, key=lambda key: str(key).encode("utf-16-be", "surrogatepass"))
        return {key: _canonical(value[key]) for key in order}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value


def parse_request(request: Mapping[str, Any]) -> Request:
    """Raises: Problem `request_invalid`."""
    evaluation = object_field(request.get("evaluation"), "evaluation")
    domains = object_field(evaluation.get("domains"), "map of domains")
    if not all(isinstance(path, str) and path and "\0" not in path for path in domains.values()):
        raise invalid("A domain of the request has no path.")
    models = request.get("models")
    if not isinstance(models, list):
        raise invalid("The request's 'models' is not a list.")
    limit, most_bytes = evaluation.get("max_tokens_per_domain"), evaluation.get("max_bytes")
    return Request(
        store=_absolute(request, "store"),
        root=_absolute(request, "root"),
        models=_models(models),
        embeddings=_one_of("embeddings", request.get("embeddings"), ("exact", "common_rows")),
        domains=domains,
        max_length=_positive("max_length", evaluation.get("max_length")),
        max_tokens_per_domain=None if limit is None else _positive("max_tokens_per_domain", limit),
        chat_template=text_field(evaluation, "chat_template"),
        dtype=_one_of("dtype", evaluation.get("dtype"), _DTYPES),
        device=text_field(request, "device"),
        allow_remote_code=text_list(dict(request), "allow_remote_code"),
        max_bytes=None if most_bytes is None else _positive("max_bytes", most_bytes),
    )


def _models(entries: list[Any]) -> list[AskedModel]:
    models = []
    for entry in entries:
        role = _one_of("role", object_field(entry, "model").get("role"), _ROLES)
        size = entry.get("size")
        if size is not None and not isinstance(size, str):
            raise invalid("A model's 'size' is neither a text nor null.")
        models.append(AskedModel(text_field(entry, "id"), text_field(entry, "source"), role, size))
    if len({model.id for model in models}) != len(models):
        raise invalid("Two models of the request have the same id.")
    return models


def _absolute(request: Mapping[str, Any], name: str) -> Path:
    path = Path(text_field(dict(request), name))
    if not path.is_absolute():
        raise invalid(f"The request's '{name}' is not an absolute path.")
    return path


def _positive(name: str, value: Any) -> int:
    if type(value) is not int or value < 1:
        raise invalid(f"The request's '{name}' is not a positive number.")
    return value


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Problem(
            "request_invalid",
            f"The request's '{name}' is {value!r}, not one of {', '.join(allowed)}.",
            "Update Model Merge Lab so that both sides agree on the call.",
        )
    return value
