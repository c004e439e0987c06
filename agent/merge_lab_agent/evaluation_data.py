"""Evaluation data as people publish it: a JSON array or JSON Lines of questions with answers, or of texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.safetensors_file import why_unreadable

_PAIRS = (("instruction", "output"), ("problem", "solution"))
_FORMS = "Each record needs instruction and output, or problem and solution, or text, all strings."


@dataclass(frozen=True)
class Record:
    """A question with its answer, or (question None) a text."""

    id: int  # position in the file, from 0
    line: int | None  # 1-based, where the file has a record a line
    question: str | None
    answer: str


def read_records(file: Path) -> Iterator[Record]:
    """The records of a file, in its order. Keys that mean nothing here are ignored.

    Raises: Problem `evaluation_missing`, `evaluation_form` with the line where there is one.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Problem(
            "evaluation_missing",
            f"The evaluation data {file} cannot be read: {error.strerror or error}.",
            "Correct evaluation.data; a relative path begins at the experiment file.",
            file=file,
        ) from error
    except UnicodeDecodeError as error:
        raise _wrong(file, "it is not UTF-8 text") from error
    entries = _array(file, text) if text.lstrip()[:1] == "[" else _lines(file, text)
    for id, (line, entry) in enumerate(entries):
        yield _record(file, id, line, entry)


def _array(file: Path, text: str) -> Iterator[tuple[int | None, Any]]:
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise _broken(file, "it is not JSON", error, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"it is not JSON: {why_unreadable(error)}") from error
    for entry in entries:
        yield None, entry


def _lines(file: Path, text: str) -> Iterator[tuple[int | None, Any]]:
    # Only line feeds end a line: splitlines() would also break inside strings that hold U+2028.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError) and line.lstrip()[:1] == "{":
                raise _broken(file, "it is not JSON Lines", error, number) from error
            what = "it is neither a JSON array nor JSON Lines"
            raise _wrong(file, f"{what}: line {number} is not JSON", number) from error
        yield number, entry


def _record(file: Path, id: int, line: int | None, entry: Any) -> Record:
    where = f"record {id}" if line is None else f"line {line}"
    if not isinstance(entry, dict):
        raise _wrong(file, f"{where} is not an object", line)
    for question_key, answer_key in _PAIRS:
        if question_key in entry and answer_key in entry:
            question = _string(file, where, line, question_key, entry[question_key])
            return Record(id, line, question, _string(file, where, line, answer_key, entry[answer_key]))
    if "text" in entry:
        return Record(id, line, None, _string(file, where, line, "text", entry["text"]))
    named = ", ".join(sorted(str(key) for key in entry)[:6]) or "nothing"
    raise _wrong(file, f"{where} has {named}", line)


def _string(file: Path, where: str, line: int | None, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(file, f"{key} of {where} is not a string", line)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:  # JSON can write half of a surrogate pair
        raise _wrong(file, f"{key} of {where} holds half a character (a lone surrogate)", line) from error
    return value


def _broken(file: Path, what: str, error: json.JSONDecodeError, line: int) -> Problem:
    """Broken JSON with its place. Some of the parser's messages end in "at", for a place behind."""
    why = error.msg.replace("starting at", "starting here").removesuffix(" at")
    return Problem(
        "evaluation_form",
        f"{file} cannot be used: {what} at line {line}, column {error.colno} ({why}).",
        "Mend the JSON at that place.",
        file=file,
        line=line,
    )


def _wrong(file: Path, what: str, line: int | None = None) -> Problem:
    return Problem("evaluation_form", f"{file} cannot be used: {what}.", _FORMS, file=file, line=line)
