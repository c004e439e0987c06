"""`geometry`: sums over a size's task vectors, computed once and kept by their fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent import STORE_FORMAT
from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field, text_field
from merge_lab_agent.results import seal, unseal
from merge_lab_agent.store import HEX_DIGEST, Store, compact_json, forget_denied_answers, write_atomically

if TYPE_CHECKING:
    import torch

    from merge_lab_agent.adapter import Adapter
    from merge_lab_agent.checkpoint import Checkpoint


@dataclass(frozen=True)
class _Model:
    path: Path
    fingerprint: str


def geometry(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, base, experts, embeddings}`, models as `{path, fingerprint}` → `{key}`: `geometry/<key>.json`.

    Raises: Problem `model_changed`, `weights_not_finite`, `store_not_writable`, `disk_full`, what opening a
    model raises.
    """
    store = Store.open(text_field(request, "store"))
    base = _model(request.get("base"))
    listed = request.get("experts")
    if not isinstance(listed, list) or not listed:
        raise invalid("The request's 'experts' is not a list of models.")
    # The same model under two names is one vector; the order is that of the key.
    experts = sorted({model.fingerprint: model for model in map(_model, listed)}.items())
    embeddings = request.get("embeddings")
    if embeddings not in ("exact", "common_rows"):
        raise invalid("The request's 'embeddings' is neither exact nor common_rows.")
    names = [name for name, _ in experts]
    key = geometry_key(base.fingerprint, names, embeddings)
    file = store.geometry(key)
    if not _is_kept(file, names):
        try:
            sums = _measure(base, [model for _, model in experts], embeddings)
        except Problem as problem:
            forget_denied_answers(store, problem)
            raise
        document = {
            "format": STORE_FORMAT,
            "base": base.fingerprint,
            "experts": names,
            "embeddings": embeddings,
            **sums,
        }
        write_atomically(file, seal(document))
    return {"key": key}


def geometry_key(base: str, experts: Sequence[str], embeddings: str) -> str:
    """The name of a size's geometry: everything that determines it. Experts are sorted fingerprints.

    The document is written in the order of RFC 8785, as core does.
    """
    identity = {"base": base, "embeddings": embeddings, "experts": list(experts), "v": 1}
    return hashlib.sha256(compact_json(identity)).hexdigest()


def _is_kept(file: Path, experts: Sequence[str]) -> bool:
    try:
        document = unseal(file.read_bytes().removesuffix(b"\n"))
    except OSError:
        return False
    kept = document if isinstance(document, dict) else {}
    return kept.get("format") == STORE_FORMAT and kept.get("experts") == list(experts)


def _measure(base: _Model, experts: Sequence[_Model], embeddings: str) -> dict[str, Any]:
    """The fields of the file that are measured."""
    from merge_lab_agent.checkpoint import Checkpoint
    from merge_lab_agent.geometry import measure
    from merge_lab_agent.layout import check_expert, layout

    opened_base = _open(base)
    if not isinstance(opened_base, Checkpoint):
        raise invalid("The request's 'base' is an adapter.")
    opened = [_open(model) for model in experts]
    slots = tuple(layout(opened_base))
    for expert in opened:
        if isinstance(expert, Checkpoint):
            check_expert(opened_base, slots, expert.folder.name, expert, embeddings)
    sums = measure(opened_base, opened)
    return {
        "coordinates": sums.coordinates,
        "sampled": sums.sampled,
        "base_square": sums.base_square,
        "gram": _lower(sums.gram),
        "shared": _lower(sums.shared),
        "opposite": _lower(sums.opposite),
    }


def _lower(matrix: torch.Tensor) -> list[list[float]]:
    """Row i up to its diagonal: a symmetric matrix has no more."""
    rows: list[list[float]] = matrix.tolist()
    return [row[: i + 1] for i, row in enumerate(rows)]


def _open(model: _Model) -> Checkpoint | Adapter:
    from merge_lab_agent.fingerprint import fingerprint
    from merge_lab_agent.models import open_model

    opened = open_model(model.path)
    if fingerprint(opened) != model.fingerprint:
        raise Problem(
            "model_changed",
            f"{model.path} is no longer the model that was prepared: its files have changed.",
            "Plan the experiment again.",
            file=model.path,
        )
    return opened


def _model(value: Any) -> _Model:
    document = object_field(value, "model")
    fingerprint = text_field(document, "fingerprint")
    if HEX_DIGEST.fullmatch(fingerprint) is None:
        raise invalid("A model's 'fingerprint' is not a SHA-256.")
    return _Model(Path(text_field(document, "path")), fingerprint)
