"""JSON-RPC 2.0, a message a line: reading requests from bytes that may be anything, and writing answers."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any, BinaryIO

from merge_lab_agent.problem import Problem
from merge_lab_agent.store import compact_json

LONGEST_LINE = 64 << 20

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
PROBLEM = -32000

_NUMBERS = {"method_unknown": METHOD_NOT_FOUND, "request_invalid": INVALID_PARAMS}


@dataclass(frozen=True)
class Request:
    """`id` is None for a notification, which gets no answer."""

    id: int | str | None
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class BadMessage:
    """What cannot be answered as a request; `id` where it could be read."""

    id: int | str | None
    number: int
    problem: Problem


def read_message(line: bytes) -> Request | BadMessage:
    """One line as a request, or why it is none."""
    try:
        message = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        shown = line[:80].decode("utf-8", "replace").strip()
        return BadMessage(
            None, PARSE_ERROR, _malformed("message_invalid", f"'{shown}' is not JSON: {error}.")
        )
    if not isinstance(message, dict):
        return BadMessage(
            None, INVALID_REQUEST, _malformed("message_invalid", "A message must be an object.")
        )
    known = message.get("id")
    if isinstance(known, bool) or not isinstance(known, (int, str, type(None))):
        problem = _malformed("message_invalid", "A message's id must be a number or a text.")
        return BadMessage(None, INVALID_REQUEST, problem)
    method, params = message.get("method"), message.get("params", {})
    if message.get("jsonrpc") != "2.0" or not isinstance(method, str):
        problem = _malformed("message_invalid", "A request needs jsonrpc 2.0 and a method.")
        return BadMessage(known, INVALID_REQUEST, problem)
    if not isinstance(params, dict):
        problem = _malformed("request_invalid", f"The parameters of '{method[:40]}' must be an object.")
        return BadMessage(known, INVALID_PARAMS, problem)
    return Request(known, method, params)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number in JSON")


def _malformed(code: str, message: str) -> Problem:
    return Problem(code, message, "Send one JSON-RPC 2.0 request a line.")


def read_line(stream: BinaryIO, longest: int = LONGEST_LINE) -> bytes | BadMessage | None:
    """The next line; None at the end. A line beyond `longest` bytes is skipped and named."""
    line = stream.readline(longest + 1)
    if not line:
        return None
    if len(line) <= longest or line.endswith(b"\n"):
        return line
    while line and not line.endswith(b"\n"):
        line = stream.readline(longest)
    return BadMessage(
        None, PARSE_ERROR, _malformed("message_too_long", f"A message has more than {longest} bytes.")
    )


class MessageWriter:
    """Writes whole lines from any thread. `closed` once the other side has gone."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self.closed = threading.Event()

    def line(self, content: bytes) -> None:
        with self._lock:
            if self.closed.is_set():
                return
            try:
                self._stream.write(content + b"\n")
                self._stream.flush()
            except (OSError, ValueError):
                self.closed.set()

    def result(self, id: int | str | None, result: Any) -> None:
        self.line(compact_json({"jsonrpc": "2.0", "id": id, "result": result}))

    def error(self, id: int | str | None, problem: Problem, number: int | None = None) -> None:
        error = {
            "code": number if number is not None else _NUMBERS.get(problem.code, PROBLEM),
            "message": problem.message,
            "data": problem.to_json(),
        }
        self.line(compact_json({"jsonrpc": "2.0", "id": id, "error": error}))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.line(compact_json({"jsonrpc": "2.0", "method": method, "params": params}))
