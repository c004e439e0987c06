"""From a record to text, knowing by character which part of the text is the answer.

The answer is found by rendering the conversation twice, once with a mark in its place: what stands before and
after the mark is the template's own. No length of a separately tokenised prompt is ever used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import jinja2.ext
import jinja2.sandbox
from jinja2 import nodes
from jinja2.parser import Parser

from merge_lab_agent.checkpoint import read_json_object
from merge_lab_agent.problem import Problem

# Stands in for the answer; letters only, so that no filter escapes or trims it.
_MARK = "QxZanswerZxQ"
# Templates may print today's date; an evaluation set must be the same tomorrow.
_TODAY = datetime(2024, 7, 26)


@dataclass(frozen=True)
class Rendered:
    """A text whose characters `[answer_begin, answer_end)` are the answer."""

    text: str
    answer_begin: int
    answer_end: int
    trimmed: bool  # the template dropped white space around the answer


@dataclass(frozen=True)
class ChatTemplate:
    """A chat template and where it came from, in words."""

    source: str
    origin: str

    def renderer(self, named: dict[str, str]) -> Callable[[str, str], Rendered]:
        """A function from (question, answer) to text. `named` are the tokenizer's named special tokens.

        Raises: Problem `template_invalid`; the function raises `template_failed`, `template_changes_answer`,
        `template_drops_question`.
        """
        try:
            compiled = _environment().from_string(self.source)
        except jinja2.TemplateError as error:
            raise Problem(
                "template_invalid",
                f"The chat template of {self.origin} cannot be parsed: {error}.",
                "Correct the template, or set chat_template: none or a path to another one.",
            ) from error

        def conversation(question: str, answer: str) -> str:
            messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
            try:
                return compiled.render(messages=messages, tools=None, documents=None, **_SETTINGS, **named)
            except Exception as error:  # a template may fail in any way a small program can
                raise Problem(
                    "template_failed",
                    f"The chat template of {self.origin} fails on a question with an answer: {error}.",
                    "Correct the template, or set chat_template: none or a path to another one.",
                ) from error

        def render(question: str, answer: str) -> Rendered:
            return self._locate(
                conversation(question, answer), conversation(question, _MARK), question, answer
            )

        return render

    def _locate(self, text: str, marked: str, question: str, answer: str) -> Rendered:
        """Where the answer stands in `text`, given the same conversation with a mark as the answer."""
        at = marked.rfind(_MARK)
        before, after = (marked[:at], marked[at + len(_MARK) :]) if at >= 0 else ("", "")
        end = len(text) - len(after)
        middle = text[len(before) : end] if at >= 0 and len(before) <= end else None
        intact = middle is not None and text.startswith(before) and text.endswith(after)
        if middle is None or not intact or middle.strip() != answer.strip():
            raise Problem(
                "template_changes_answer",
                f"The chat template of {self.origin} drops or changes the answer {_brief(answer)}.",
                "Set chat_template: none, or a path to a template that keeps answers as they are.",
            )
        if question.strip() not in before:
            raise Problem(
                "template_drops_question",
                f"The chat template of {self.origin} does not show the question {_brief(question)}.",
                "Set chat_template: none, or a path to a template that keeps questions as they are.",
            )
        return Rendered(text, len(before), end, trimmed=middle != answer)


_SETTINGS: dict[str, Any] = {"add_generation_prompt": False, "continue_final_message": False}


def find_template(folder: Path, tokenizer_config: dict[str, Any]) -> str | None:
    """The chat template that a model's files carry: a file of its own first, then the tokenizer's config.

    Where several are named, the one called `default`. Raises: Problem `template_invalid`.
    """
    file = folder / "chat_template.jinja"
    if file.is_file():
        return _read_text(file)
    legacy = folder / "chat_template.json"
    found = tokenizer_config.get("chat_template")
    if found is None and legacy.is_file():
        found = read_json_object(legacy, "template_invalid").get("chat_template")
    if isinstance(found, list):
        named = {t.get("name"): t.get("template") for t in found if isinstance(t, dict)}
        found = named.get("default")
    return found if isinstance(found, str) else None


def read_template(file: Path) -> ChatTemplate:
    """A template named by path. Raises: Problem `template_missing`, `template_invalid`."""
    if not file.is_file():
        raise Problem(
            "template_missing",
            f"There is no chat template at {file}.",
            "Correct chat_template: auto, none, or the path of a Jinja file.",
            file=file,
        )
    return ChatTemplate(_read_text(file), file.name)


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(
            "template_invalid",
            f"{file} cannot be read as text: {error}.",
            "Use a chat template saved as UTF-8.",
            file=file,
        ) from error


class _GenerationBlock(jinja2.ext.Extension):
    """`{% generation %}` marks the answer for training; here its content is simply rendered."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return list(parser.parse_statements(("name:endgeneration",), drop_needle=True))


def _environment() -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    """What chat templates expect to find, in a sandbox: they come with models of strangers."""
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_GenerationBlock, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = _TODAY.strftime
    return environment


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Jinja's own filter escapes for HTML, which no model was trained on."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(message)


def _brief(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
