"""Evaluation sets: token ids and scored positions of one domain, made once; workers score from these only.

The loss of a sample is −Σ_t log p(x_t | x_<t) over its scored positions t ("Model Merging Scaling Laws",
arXiv 2509.24244, §3): the answer and the tokens that end its turn, never the question.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent import STORE_FORMAT
from merge_lab_agent.checkpoint import read_json_object
from merge_lab_agent.evaluation_data import Record, read_records
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate, Rendered
from merge_lab_agent.store import Store, check_format, compact_json, write_atomically
from merge_lab_agent.tokenizer import Tokenizer, Tokens

_AT_A_TIME = 256  # records tokenised together


@dataclass(frozen=True)
class Sample:
    """One record as tokens, ending at the last scored one. `scored` are ascending positions t ≥ 1."""

    id: int  # position in the data file, from 0
    tokens: list[int]
    scored: list[int]
    bytes: int  # UTF-8 bytes of the scored text, without the template's own
    truncated: bool


@dataclass(frozen=True)
class Overlong:
    """A record that has more tokens than a model can take. It is not scored."""

    id: int
    bytes: int


@dataclass(frozen=True)
class SharedText:
    """Of a set whose text is the same bytes for every tokenizer: cut to `max_bytes`, and never to tokens."""

    max_bytes: int
    overlong: list[Overlong]


@dataclass(frozen=True)
class EvaluationSet:
    """All samples of a domain. `excluded` counts records without a scored token, which are not samples."""

    id: str
    domain: str
    max_length: int
    samples: list[Sample]
    excluded: int
    rendering: str
    shared: SharedText | None = None

    @property
    def tokens(self) -> int:
        return sum(len(sample.tokens) for sample in self.samples)

    @property
    def scored_tokens(self) -> int:
        return sum(len(sample.scored) for sample in self.samples)

    @property
    def truncated(self) -> int:
        return sum(sample.truncated for sample in self.samples)

    @property
    def bytes(self) -> int:
        return sum(sample.bytes for sample in self.samples)

    def write(self, store: Path | Store) -> Path:
        """Write `evaluations/<id>.json` unless a sound one is there; returns its path.

        Raises: Problem `disk_full`, `store_not_writable`.
        """
        file = _file(store, self.id)
        try:
            EvaluationSet.read(store, self.id)
        except Problem:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, compact_json(self.to_json()))
        return file

    @classmethod
    def read(cls, store: Path | Store, id: str) -> EvaluationSet:
        """Read `evaluations/<id>.json` and check it against its id.

        Raises: Problem `evaluation_missing`, `evaluation_damaged`, `store_too_new`, `store_too_old`.
        """
        file = _file(store, id)
        if not file.is_file():
            raise Problem(
                "evaluation_missing",
                f"The store has no evaluation set {id[:12]}.",
                "Prepare the experiment again.",
                file=file,
            )
        document = read_json_object(file, "evaluation_damaged")
        check_format(document, file)
        try:
            found = cls._from_json(document)
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(file) from error
        if found.id != id:
            raise _damaged(file)
        return found

    def to_json(self) -> dict[str, Any]:
        shared = self.shared
        more = {} if shared is None else {"max_bytes": shared.max_bytes, "overlong": _all(shared.overlong)}
        return {
            "format": STORE_FORMAT,
            "id": self.id,
            "domain": self.domain,
            "max_length": self.max_length,
            "samples": _all(self.samples),
            "scored_tokens": self.scored_tokens,
            "truncated": self.truncated,
            "excluded": self.excluded,
            "rendering": self.rendering,
            **more,
        }

    @classmethod
    def _from_json(cls, document: dict[str, Any]) -> EvaluationSet:
        """The id is computed, not taken: what was flipped on disk shows."""
        samples = [
            Sample(s["id"], s["tokens"], s["scored"], s["bytes"], s["truncated"]) for s in document["samples"]
        ]
        for sample in samples:
            _check_positions(sample)
        length, shared = document["max_length"], None
        if "max_bytes" in document:
            overlong = [Overlong(o["id"], o["bytes"]) for o in document["overlong"]]
            shared = SharedText(document["max_bytes"], overlong)
        id = evaluation_id(length, samples) if shared is None else shared_id(samples, shared.overlong)
        rest = document["excluded"], document["rendering"], shared
        return cls(id, document["domain"], length, samples, *rest)


def evaluation_id(max_length: int, samples: Iterable[Sample]) -> str:
    """SHA-256 of canonical JSON (RFC 8785) of token ids, scored positions and `max_length` only."""
    content = {
        "max_length": max_length,
        "samples": [{"scored": sample.scored, "tokens": sample.tokens} for sample in samples],
        "v": 1,
    }
    return hashlib.sha256(compact_json(content)).hexdigest()


def shared_id(samples: Iterable[Sample], overlong: Iterable[Overlong]) -> str:
    """The same of a set that shares its text: also of ids and bytes, by which tokenizers are compared."""
    content = {
        "overlong": [{"bytes": each.bytes, "id": each.id} for each in overlong],
        "samples": [{"bytes": s.bytes, "id": s.id, "scored": s.scored, "tokens": s.tokens} for s in samples],
        "v": 2,
    }
    return hashlib.sha256(compact_json(content)).hexdigest()


def _all(entries: Iterable[object]) -> list[dict[str, Any]]:
    return [vars(entry) for entry in entries]


def _check_positions(sample: Sample) -> None:
    """A position outside the sample would read the logits of another. Raises: ValueError."""
    if not all(type(token) is int and token >= 0 for token in sample.tokens):
        raise ValueError("a token is no id")
    before = 0
    for t in sample.scored:
        if type(t) is not int or not before < t < len(sample.tokens):
            raise ValueError("a scored position is out of place")
        before = t
    if before == 0:
        raise ValueError("a sample without a scored token")


def _file(store: Path | Store, id: str) -> Path:
    return (store if isinstance(store, Store) else Store(store)).evaluation(id)


def _damaged(file: Path) -> Problem:
    return Problem(
        "evaluation_damaged",
        f"{file} does not hold what its name promises.",
        "Prepare the experiment again: the file is then written anew.",
        file=file,
    )


def build_evaluation(
    domain: str,
    file: Path,
    tokenizer: Tokenizer,
    *,
    max_length: int,
    max_tokens: int | None,
    template: ChatTemplate | None,
) -> EvaluationSet:
    """The evaluation set of one data file.

    Whole records are taken in file order until the next would exceed `max_tokens` scored tokens. Without a
    template: instruction, blank line, output, end-of-text. Texts get what the tokenizer puts before them.

    Raises: Problem `evaluation_missing`, `evaluation_form`, `evaluation_empty`, `evaluation_nothing_scored`,
    `evaluation_limit_too_small`, and those of `ChatTemplate.renderer`.
    """
    try:
        maker = Maker(tokenizer, template, max_length)
        samples, excluded, seen, scored_tokens = [], 0, 0, 0
        for sample in maker.samples(read_records(file)):
            seen += 1
            if sample is None:
                excluded += 1
                continue
            scored_tokens += len(sample.scored)
            if max_tokens is not None and scored_tokens > max_tokens:
                break
            samples.append(sample)
    except Problem as problem:
        problem.where.setdefault("domain", domain)
        problem.file = problem.file or str(file)
        raise
    if not samples:
        raise _nothing(domain, file, seen, excluded, max_length, max_tokens)
    id = evaluation_id(max_length, samples)
    return EvaluationSet(id, domain, max_length, samples, excluded, maker.description())


def _nothing(
    domain: str, file: Path, seen: int, excluded: int, max_length: int, max_tokens: int | None
) -> Problem:
    """Why a file gave no sample: no record, no scored token, or a limit below the first sample."""
    if seen == 0:
        return Problem(
            "evaluation_empty",
            f"{file} holds no record.",
            "Give the domain at least one question with its answer.",
            file=file,
            domain=domain,
        )
    if excluded == seen:
        return Problem(
            "evaluation_nothing_scored",
            f"None of the {seen} records of {file} has a scored token within {max_length} tokens.",
            "Give records with answers, or raise max_length so that they are not cut off.",
            file=file,
            domain=domain,
        )
    return Problem(
        "evaluation_limit_too_small",
        f"The first sample of {file} alone has more than {max_tokens} scored tokens.",
        "Raise max_tokens_per_domain.",
        file=file,
        domain=domain,
    )


class Maker:
    """Turns records into samples, and keeps count of what has to be said about it."""

    def __init__(self, tokenizer: Tokenizer, template: ChatTemplate | None, max_length: int) -> None:
        self.tokenizer = tokenizer
        self.template = template
        self.max_length = max_length
        self.trimmed = 0
        self.forms: set[str] = set()
        self.ends: set[str] = set()
        self._render: Callable[[str, str], Rendered] | None = None

    def samples(self, records: Iterable[Record]) -> Iterable[Sample | None]:
        """A sample for each record, or None where nothing would be scored."""
        stream = iter(records)
        while batch := list(itertools.islice(stream, _AT_A_TIME)):
            rendered = [self._rendered(record) for record in batch]
            encoded = self.tokenizer.encode([r.text for r in rendered])
            for record, text, tokens in zip(batch, rendered, encoded):
                yield self._sample(record, text, tokens)

    def _rendered(self, record: Record) -> Rendered:
        if record.question is None:
            self.forms.add("text")
            return Rendered(record.answer, 0, len(record.answer), trimmed=False)
        if self.template is None:
            self.forms.add("plain")
            begin = len(record.question) + 2
            return Rendered(f"{record.question}\n\n{record.answer}", begin, begin + len(record.answer), False)
        self.forms.add("chat")
        if self._render is None:
            self._render = self.template.renderer(self.tokenizer.named)
        try:
            rendered = self._render(record.question, record.answer)
        except Problem as problem:
            problem.message = f"Record {record.id}: {problem.message}"
            problem.line = record.line
            raise
        return rendered

    def _sample(self, record: Record, rendered: Rendered, encoded: Tokens) -> Sample | None:
        if not record.answer.strip():
            return None  # an end of turn alone is no answer
        begin, end = rendered.answer_begin, rendered.answer_end
        hits = [i for i, span in enumerate(encoded.spans) if overlaps(span, begin, end)]
        covered = {i: encoded.spans[i] for i in hits}
        tokens, scored = list(encoded.ids), list(hits)
        if record.question is not None and hits:
            scored += self._turn_end(tokens, encoded.spans, hits[-1], chat=self.template is not None)
        if record.question is None or self.template is None:
            prefix = self._prefix(tokens)
            tokens = prefix + tokens
            scored = [t + len(prefix) for t in scored]
            covered = {i + len(prefix): span for i, span in covered.items()}
        kept = [t for t in scored if 1 <= t < self.max_length]
        if not any(t in covered for t in kept):
            return None
        self.trimmed += rendered.trimmed
        cut = scored[-1] >= self.max_length
        size = _bytes_of(rendered.text, [covered[t] for t in kept if t in covered], begin, end)
        return Sample(record.id, tokens[: kept[-1] + 1], kept, size, cut)

    def _prefix(self, tokens: list[int]) -> list[int]:
        """What the tokenizer puts first, unless the text has it already: never two of them."""
        prefix = self.tokenizer.prefix
        return [] if tokens[: len(prefix)] == prefix else list(prefix)

    def _turn_end(
        self, tokens: list[int], spans: list[tuple[int, int]], last: int, *, chat: bool
    ) -> list[int]:
        """Positions that close the answer: the template's first special token after it and what leads there.

        Without a template, end-of-text is appended to `tokens` unless the answer ends with it.
        """
        if not chat:
            closing = self.tokenizer.end_of_text
            if closing is None or tokens[last] == closing:
                return []
            tokens.append(closing)
            self.ends.add(self.tokenizer.named["eos_token"])
            return [len(tokens) - 1]
        for at in range(last + 1, len(tokens)):
            if tokens[at] in self.tokenizer.special:
                self.ends.add(self.tokenizer.backend.id_to_token(tokens[at]) or "")
                return list(range(last + 1, at + 1))
        return []

    def description(self) -> str:
        """How the text was made and what of it is scored, in words."""
        parts = []
        if "chat" in self.forms and self.template is not None:
            parts.append(f"chat template of {self.template.origin}")
        if "plain" in self.forms:
            parts.append("instruction, blank line, output")
        if "text" in self.forms:
            bos = " after the tokenizer's own beginning" if self.tokenizer.prefix else ""
            first = "" if bos else " except the first token, which has no context"
            parts.append(f"plain text{bos}, all of it scored{first}")
        if self.forms & {"chat", "plain"}:
            named = " and ".join(sorted(self.ends))
            parts.append(
                f"scored: the answer and {named}" if named else "scored: the answer only, no end of turn"
            )
        if self.trimmed:
            parts.append(f"the template trims white space around {self.trimmed} answers")
        return "; ".join(parts)


def overlaps(span: tuple[int, int], begin: int, end: int) -> bool:
    """Whether a token stands for any of the characters `[begin, end)`, be it only with one of its own.

    A token for no character, as some normalisers insert, belongs to what follows it.
    """
    low, high = span
    return low < end and (high > begin or low == high == begin)


def _bytes_of(text: str, spans: list[tuple[int, int]], begin: int, end: int) -> int:
    """UTF-8 bytes of the characters that `spans` cover within `[begin, end)`; spans ascend and may repeat."""
    size, reached = 0, begin
    for low, high in spans:
        low, high = max(low, reached), min(high, end)
        if high > low:
            size += len(text[low:high].encode("utf-8"))
            reached = high
    return size
