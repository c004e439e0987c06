"""Base and experts held against each other before any work: every incompatibility, not only the first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from merge_lab_agent.adapter import Adapter, shape_mismatch
from merge_lab_agent.checkpoint import DERIVED, Checkpoint
from merge_lab_agent.distance import Distance, distance
from merge_lab_agent.model_config import config_differences
from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import TensorInfo
from merge_lab_agent.tokenizer import TOKENIZER_FILES, Tokenizer

# A fine-tuned model moves by a few percent; independent trainings of one architecture differ by about √2 of
# the norm, with a cosine near 0.
_FAR = 0.5
_UNRELATED_COSINE = 0.3


@dataclass
class Findings:
    """What a comparison found. A plan is made only without problems; warnings are worth saying."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    distance: float | None = None


def check_base(base: Checkpoint, model: str) -> list[Problem]:
    """What makes a checkpoint unusable by itself, as base, expert or reference. `model` is its id."""
    problems = []
    if base.config.get("quantization_config"):
        problems.append(
            Problem(
                "quantized_model",
                f"{base.folder} is quantized, so adding to its tensors has no meaning.",
                "Use the model it was made from, in float32, bfloat16 or float16.",
                file=base.folder / "config.json",
                model=model,
            )
        )
    odd = next((info for info in base.tensors.values() if info.dtype.startswith("F8")), None)
    if odd is not None and not problems:
        problems.append(
            Problem(
                "dtype_unsupported",
                f"{base.folder} stores {odd.name} as {odd.dtype}, which cannot be merged.",
                "Use the model in float32, bfloat16 or float16.",
                file=odd.file,
                model=model,
            )
        )
    return problems


def compare(
    base: Checkpoint, expert: Checkpoint | Adapter, model: str, *, embeddings: str = "exact"
) -> Findings:
    """Every reason why `expert` (id `model`) cannot be merged into `base`, and what is odd about it.

    `embeddings: common_rows` allows embeddings with different numbers of rows. Tokenizers are compared apart.
    """
    found = Findings()
    if isinstance(expert, Adapter):
        found.problems += _adapter_fits(base, expert)
    else:
        found.problems += check_base(expert, model)
        _architectures(base, expert, found)
        if not found.problems:
            found.problems += _tensors_fit(base, expert)
            _shapes(base, expert, embeddings, found)
        if not found.problems and expert.dtype != base.dtype:
            found.warnings.append(_dtypes(base, expert))
    if not found.problems:
        measured = distance(base, expert)
        found.distance = measured.relative if math.isfinite(measured.relative) else None
        _lineage(expert.folder, measured, found)
    return _named(found, model)


def _named(found: Findings, model: str) -> Findings:
    """Each message begins with the model's name: a folder alone does not say which one it is."""
    size, expert, name = model.partition("/expert/")
    if expert:
        role = f"expert {name}" if size == "default" else f"expert {name} of size {size}"
    else:
        size, _, role = model.rpartition("/")
        role = f"{size} {role}" if size == "reference" else f"{role} of size {size}"
    for problem in (*found.problems, *found.warnings):
        problem.message = f"{role}: {problem.message}"
        problem.args = (problem.message,)
        problem.where.setdefault("model", model)
    return found


def _architectures(base: Checkpoint, expert: Checkpoint, found: Findings) -> None:
    ours = (base.config["model_type"], base.architecture)
    theirs = (expert.config["model_type"], expert.architecture)
    if ours != theirs:
        found.problems.append(
            Problem(
                "architecture_differs",
                f"{expert.folder} is a {theirs[1]} ({theirs[0]}), but the base is a {ours[1]} ({ours[0]}).",
                "Use experts that were fine-tuned from this base.",
                file=expert.folder / "config.json",
            )
        )
        return
    differing = config_differences(base, expert)
    if differing:
        values = ", ".join(
            f"{key} ({expert.config.get(key)!r}, base {base.config.get(key)!r})" for key in differing[:3]
        )
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        found.problems.append(
            Problem(
                "config_differs",
                f"{expert.folder} computes otherwise than the base: {values[:400]}{more}.",
                "Use experts of the base's own settings; a changed one has to be the same in all.",
                file=expert.folder / "config.json",
            )
        )
    if base.tied_embeddings != expert.tied_embeddings:
        tied, untied = (base, expert) if base.tied_embeddings else (expert, base)
        found.problems.append(
            Problem(
                "tied_embeddings_differ",
                f"Input and output embeddings are one in {tied.folder} but two in {untied.folder}.",
                "Use experts that keep the base's tie_word_embeddings.",
                file=expert.folder / "config.json",
            )
        )


def _merged_tensors(model: Checkpoint) -> dict[str, TensorInfo]:
    """The tensors a merge touches: no computed tables, and tied embeddings once."""
    skip = model.head if model.tied_embeddings else None
    return {n: i for n, i in model.tensors.items() if n != skip and not n.endswith(DERIVED)}


def _tensors_fit(base: Checkpoint, expert: Checkpoint) -> Iterator[Problem]:
    ours, theirs = _merged_tensors(base), _merged_tensors(expert)
    for names, code, verb in (
        (sorted(ours.keys() - theirs.keys()), "tensors_missing", "lacks"),
        (sorted(theirs.keys() - ours.keys()), "tensors_extra", "has, unlike the base,"),
    ):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield Problem(
                code,
                f"{expert.folder} {verb} {names[0]}{more}.",
                "Use a complete checkpoint of the base's own architecture.",
                file=expert.folder,
            )


def _shapes(base: Checkpoint, expert: Checkpoint, embeddings: str, found: Findings) -> None:
    ours, theirs = _merged_tensors(base), _merged_tensors(expert)
    wrong: list[str] = []
    rows: list[str] = []
    for name in sorted(ours.keys() & theirs.keys()):
        here, there = ours[name], theirs[name]
        if here.is_float != there.is_float:
            wrong.append(f"{name} is {there.dtype}, in the base {here.dtype}")
        elif here.shape == there.shape:
            continue
        elif name in (base.embedding, base.head) and here.shape[1:] == there.shape[1:]:
            rows.append(f"{name} has {there.shape[0]:,} rows, in the base {here.shape[0]:,}")
        else:
            wrong.append(f"{name} has shape {there.shape}, in the base {here.shape}")
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        found.problems.append(
            Problem(
                "shape_differs",
                f"{expert.folder}: {wrong[0]}{more}.",
                "Use experts of the base's own size.",
                file=expert.folder,
            )
        )
    if rows and embeddings == "common_rows":
        found.warnings.append(
            Problem(
                "embedding_rows_differ",
                f"{expert.folder}: {'; '.join(rows)}. Only the common rows are merged.",
                "Nothing has to be done, unless the added tokens matter to you.",
                file=expert.folder,
            )
        )
    elif rows:
        found.problems.append(
            Problem(
                "embedding_rows_differ",
                f"{expert.folder}: {'; '.join(rows)}.",
                "Set embeddings: common_rows to merge the rows that both have, or use another expert.",
                file=expert.folder,
            )
        )


def _dtypes(base: Checkpoint, expert: Checkpoint) -> Problem:
    return Problem(
        "dtype_differs",
        f"{expert.folder} is stored as {expert.dtype}, the base as {base.dtype}: rounding adds to v.",
        "Nothing has to be done; store both alike to avoid it.",
        file=expert.folder,
    )


def _adapter_fits(base: Checkpoint, adapter: Adapter) -> Iterator[Problem]:
    """The first tensor of the base that cannot take the adapter's change, and a head that is not its own."""
    for name in adapter.targets:
        info = base.tensors.get(name)
        if info is None and name.endswith("lm_head.weight") and base.tied_embeddings:
            yield Problem(
                "adapter_unsupported",
                f"{adapter.folder} changes the output embedding, which the base has tied to the input one.",
                "Merge it into its base with peft's merge_and_unload and use the saved model as the expert.",
                file=adapter.folder,
            )
            return
        shape = None if info is None else info.shape
        if shape != adapter.shape(name):
            yield shape_mismatch(adapter, name, shape)
            return


def _lineage(folder: Path, measured: Distance, found: Findings) -> None:
    """Whether the expert comes from this base at all, judged by sampled entries."""
    if math.isinf(measured.relative):
        found.problems.append(
            Problem(
                "weights_not_finite",
                f"{folder} holds NaN or infinity.",
                "Use another checkpoint of this training run.",
                file=folder,
            )
        )
    elif measured.cosine < _UNRELATED_COSINE:
        found.problems.append(
            Problem(
                "expert_of_other_base",
                f"{folder} does not come from this base: their weights' cosine is {measured.cosine:.2f}.",
                "Use the base that the expert was trained from, or another expert.",
                file=folder,
            )
        )
    elif measured.relative > _FAR:
        found.warnings.append(
            Problem(
                "expert_far_from_base",
                f"{folder} lies {measured.relative:.0%} of the base's norm away; a few percent are usual.",
                "Check that it was trained from this very base.",
                file=folder,
            )
        )
    elif measured.relative == 0:
        found.warnings.append(
            Problem(
                "expert_equals_base",
                f"{folder} shows no difference to the base: its task vector seems to be zero.",
                "Check that the path leads to the trained model.",
                file=folder,
            )
        )


def compare_tokenizers(base: Tokenizer, other: Path, model: str) -> Findings:
    """Whether another model reads the base's tokens as the base does. `other` is its folder, `model` its id.

    A model without tokenizer files is taken to use the base's: adapters and many experts come so.
    """
    found = Findings()
    if not any((other / name).is_file() for name in TOKENIZER_FILES[:1]) or _same_file(base.folder, other):
        return found
    theirs = Tokenizer.load(other).backend.get_vocab(with_added_tokens=True)
    ours = base.backend.get_vocab(with_added_tokens=True)
    if ours == theirs:
        return found
    by_id = {number: text for text, number in theirs.items()}
    moved = sorted((number, text) for text, number in ours.items() if by_id.get(number) != text)
    if moved:
        number, text = moved[0]
        found.problems.append(
            Problem(
                "tokenizer_differs",
                f"{other} has another tokenizer: {len(moved):,} of the base's {len(ours):,} tokens differ, "
                f"for example {number}, which is {text!r} in the base and {by_id.get(number)!r} here.",
                "Use models that share the base's tokenizer.",
                file=other / "tokenizer.json",
                model=model,
            )
        )
    else:
        found.warnings.append(
            Problem(
                "tokenizer_extended",
                f"{other} adds {len(theirs) - len(ours):,} tokens to the base's; the data never uses them.",
                "Nothing has to be done.",
                file=other / "tokenizer.json",
                model=model,
            )
        )
    return _named(found, model)


def _same_file(ours: Path, theirs: Path) -> bool:
    one, other = ours / "tokenizer.json", theirs / "tokenizer.json"
    return one.is_file() and one.read_bytes() == other.read_bytes()


def duplicates(fingerprints: dict[str, str]) -> list[Problem]:
    """Warnings about experts (id to fingerprint) that are the same model twice."""
    first: dict[str, str] = {}
    warnings = []
    for model, digest in fingerprints.items():
        if digest in first:
            warnings.append(
                Problem(
                    "experts_identical",
                    f"{model} is the same model as {first[digest]}.",
                    "Remove one of them, or correct its path.",
                    model=model,
                )
            )
        first.setdefault(digest, model)
    return warnings
