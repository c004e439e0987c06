"""Evaluation sets of an ensemble: every tokenizer scores the same bytes, so that bits per byte compare.

A text is stripped and cut to `max_bytes` at a character before it is tokenised, and scored to its end or not
at all: one that is longer than a model can take is overlong. Tokens that end a turn are not scored, for they
are no bytes of the text. The first token of a plain text follows the tokenizer's beginning or end of text,
for every model, so that it is scored too. A token that holds the end of the question and the beginning of the
answer is scored whole: no tokenizer would cut it there. A text that the tokenizer does not give back (it
lowers its case, drops its spaces, or does not know its words) is not scored: such tokens are cheaper than it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from merge_lab_agent.evaluation import EvaluationSet, Maker, Overlong, Sample, SharedText, overlaps, shared_id
from merge_lab_agent.evaluation_data import Record, read_records
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate, Rendered
from merge_lab_agent.tokenizer import Tokenizer, Tokens

MOST_SAMPLES = 150_000
"""Of a domain: a result line holds a value for each of them."""


@dataclass(frozen=True)
class SharedSet:
    evaluation: EvaluationSet
    lossy: list[Lossy]


@dataclass(frozen=True)
class Lossy:
    """A record that the scored tokens do not give back."""

    id: int
    text: str
    tokens_say: str


def build_shared(
    domain: str,
    file: Path,
    tokenizer: Tokenizer,
    *,
    max_length: int,
    max_bytes: int,
    template: ChatTemplate | None,
    start: int | None,
) -> SharedSet:
    """The set of one data file for one tokenizer, at most `max_length` tokens a sample.

    start: the token that a plain text follows.

    Raises: Problem `evaluation_missing`, `evaluation_form`, `evaluation_nothing_scored`,
    `evaluation_too_large`, `no_start_token`, `tokenizer_lossy`, and those of `ChatTemplate.renderer`.
    """
    maker = _SharedMaker(tokenizer, template, max_length, max_bytes, start)
    try:
        made = list(maker.samples(read_records(file)))
        samples = [sample for sample in made if sample is not None]
        _check_count(len(samples), len(made), len(maker.lossy), file, max_length)
    except Problem as problem:
        problem.where.setdefault("domain", domain)
        problem.file = problem.file or str(file)
        raise
    excluded = len(made) - len(samples) - len(maker.overlong) - len(maker.lossy)
    return SharedSet(
        EvaluationSet(
            shared_id(samples, maker.overlong),
            domain,
            max_length,
            samples,
            excluded,
            maker.description(),
            SharedText(max_bytes, maker.overlong),
        ),
        maker.lossy,
    )


def _check_count(samples: int, records: int, lossy: int, file: Path, max_length: int) -> None:
    if samples > MOST_SAMPLES:
        raise Problem(
            "evaluation_too_large",
            f"{file} holds {samples:,} samples; an ensemble takes {MOST_SAMPLES:,} of a domain.",
            "Use a shorter file.",
        )
    if samples == 0 and lossy:
        raise Problem(
            "tokenizer_lossy",
            f"The model's tokenizer gives none of the {records} records of {file} back as they are.",
            "Leave the model out: its losses are not those of the text.",
        )
    if samples == 0:
        raise Problem(
            "evaluation_nothing_scored",
            f"None of the {records} records of {file} has an answer within {max_length} tokens.",
            "Give records with answers, or lower max_bytes so that they fit.",
        )


class _SharedMaker(Maker):
    """Samples of answers or texts, each whole."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        template: ChatTemplate | None,
        max_length: int,
        max_bytes: int,
        start: int | None,
    ) -> None:
        super().__init__(tokenizer, template, max_length)
        self.max_bytes = max_bytes
        self.start = start
        self.overlong: list[Overlong] = []
        self.cut: set[int] = set()
        self.lossy: list[Lossy] = []

    def samples(self, records: Iterable[Record]) -> Iterable[Sample | None]:
        return super().samples(map(self._shared, records))

    def _shared(self, record: Record) -> Record:
        text = record.answer.strip()
        kept = cut_to_bytes(text, self.max_bytes).rstrip()
        if len(kept) < len(text):
            self.cut.add(record.id)
        return replace(record, answer=kept)

    def _sample(self, record: Record, rendered: Rendered, encoded: Tokens) -> Sample | None:
        begin, end = rendered.answer_begin, rendered.answer_end
        hits = [i for i, span in enumerate(encoded.spans) if overlaps(span, begin, end)]
        if not hits or not record.answer:
            return None
        before = self._before(record, encoded.ids)
        scored = [len(before) + i for i in hits]
        size = len(record.answer.encode("utf-8"))
        if scored[-1] >= self.max_length:
            self.overlong.append(Overlong(record.id, size))
            return None
        said = self.tokenizer.text_of([encoded.ids[i] for i in hits])
        if record.answer not in said:
            self.lossy.append(Lossy(record.id, record.answer, said))
            return None
        tokens = [*before, *encoded.ids][: scored[-1] + 1]
        return Sample(record.id, tokens, scored, size, record.id in self.cut)

    def _before(self, record: Record, tokens: list[int]) -> list[int]:
        if record.question is not None:
            return [] if self.template is not None else self._prefix(tokens)
        if self.tokenizer.prefix:
            return list(self.tokenizer.prefix)
        if self.start is None:
            raise Problem(
                "no_start_token",
                f"The tokenizer of {self.tokenizer.folder} names no beginning and no end of text, so that "
                "the first token of a text has no context.",
                "Name bos_token or eos_token in its tokenizer_config.json, or give questions with answers.",
            )
        return [self.start]

    def description(self) -> str:
        parts = []
        if "chat" in self.forms and self.template is not None:
            parts.append(f"chat template of {self.template.origin}")
        if "plain" in self.forms:
            parts.append("instruction, blank line, output")
        if "text" in self.forms:
            parts.append("plain text after a beginning or end of text")
        return f"{'; '.join(parts)}; scored: all bytes of the answer or text, no end of turn"


def cut_to_bytes(text: str, most: int) -> str:
    """The longest beginning of whole characters with at most so many UTF-8 bytes."""
    encoded = text.encode("utf-8")
    return text if len(encoded) <= most else encoded[:most].decode("utf-8", errors="ignore")
