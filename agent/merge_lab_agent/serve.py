"""`serve`: answers calls on standard input and output, and ends with them. Runs it launched go on."""

from __future__ import annotations

import difflib
import os
import platform
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, BinaryIO

from merge_lab_agent import PROTOCOL, __version__
from merge_lab_agent.detached import Jobs
from merge_lab_agent.follow import Follower
from merge_lab_agent.harness_version import harness
from merge_lab_agent.kept_answer import kept_answer
from merge_lab_agent.launch import launch
from merge_lab_agent.listing import list_models
from merge_lab_agent.model_files import place
from merge_lab_agent.problem import Problem
from merge_lab_agent.protocol import BadMessage, MessageWriter, Request, read_line, read_message
from merge_lab_agent.run import as_problem
from merge_lab_agent.runs import runs, stop
from merge_lab_agent.supervised_run import see_to
from merge_lab_agent.transfer import discard, files, get, put

MOST_CALLS = 64
LAST_ANSWERS_SECONDS = 1.0
"""After the end of input what is nearly ready is still answered; clients give up after two seconds."""

Call = Callable[[dict[str, Any]], dict[str, Any]]


class Server:
    """One conversation. Every call has a thread of its own, so that a slow one delays no other."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._writer = MessageWriter(sink)
        self._jobs = Jobs()
        self._follower = Follower(self._writer.notify)
        self._greeted = False
        self._busy = 0
        self._idle = threading.Condition()
        self.calls: dict[str, Call] = {
            "environment": lambda request: self._jobs.ask("environment", request),
            "prepare": lambda request: kept_answer(request) or self._jobs.ask("prepare", request),
            "geometry": lambda request: self._jobs.ask("geometry", request),
            "harness": harness,
            "list": list_models,
            "launch": launch,
            "stop": _seen_to(stop),
            "runs": lambda request: (_seen_to(runs) if "run" in request else runs)(request),
            "follow": _seen_to(self._follower.follow),
            "unfollow": self._follower.unfollow,
            "put": put,
            "get": get,
            "files": files,
            "discard": discard,
            "place": place,
        }

    def serve(self) -> None:
        """Returns when the input ends or the other side is gone."""
        # A shell may have printed without ending its line, as what sets a terminal's title does.
        self._writer.line(f"\nmerge-lab-agent {PROTOCOL}".encode())
        try:
            while not self._writer.closed.is_set():
                line = read_line(self._source)
                if line is None:
                    self._wait_for_answers()
                    return
                if isinstance(line, BadMessage):
                    self._refuse(line)
                elif line.strip():
                    self._take(line)
        finally:
            self._follower.close()
            self._jobs.close()

    def _take(self, line: bytes) -> None:
        message = read_message(line)
        if isinstance(message, BadMessage):
            self._refuse(message)
        elif message.method == "hello" or not self._greeted or message.method not in self.calls:
            self._answer(message, self._hello)
        elif self._enter():
            call = self.calls[message.method]
            threading.Thread(target=self._answer_and_leave, args=(message, call), daemon=True).start()
        else:
            problem = Problem(
                "too_busy", f"{MOST_CALLS} calls are under way.", "Ask again when some are done."
            )
            self._writer.error(message.id, problem)

    def _hello(self, request: dict[str, Any]) -> dict[str, Any]:
        protocol = request.get("protocol")
        if protocol != PROTOCOL:
            raise Problem(
                "protocol_mismatch",
                f"This agent speaks protocol {PROTOCOL}; the client speaks {str(protocol)[:40]}.",
                "Install the agent and the client of the same release.",
            )
        self._greeted = True
        return {"protocol": PROTOCOL, "agent": __version__, "python": platform.python_version()}

    def _answer(self, message: Request, call: Call) -> None:
        """The result, or whatever went wrong as a Problem; silence for a notification."""
        try:
            self._check(message.method)
            result = call(message.params)
            if message.id is not None:
                self._writer.result(message.id, result)
        except Exception as error:
            if not isinstance(error, Problem):
                traceback.print_exc()
            if message.id is not None:
                self._writer.error(message.id, as_problem(error))

    def _answer_and_leave(self, message: Request, call: Call) -> None:
        try:
            self._answer(message, call)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _check(self, method: str) -> None:
        if method == "hello":
            return
        if method not in self.calls:
            raise _unknown(method, ["hello", *self.calls])
        if not self._greeted:
            raise Problem(
                "hello_missing",
                f"'{method}' was called before hello.",
                'Begin with hello {"protocol": …, "client": …}.',
            )

    def _refuse(self, message: BadMessage) -> None:
        self._writer.error(message.id, message.problem, message.number)

    def _enter(self) -> bool:
        with self._idle:
            if self._busy >= MOST_CALLS:
                return False
            self._busy += 1
            return True

    def _wait_for_answers(self) -> None:
        deadline = time.monotonic() + LAST_ANSWERS_SECONDS
        with self._idle:
            self._idle.wait_for(
                lambda: self._busy == 0 or self._writer.closed.is_set(), max(0.0, deadline - time.monotonic())
            )


def _seen_to(call: Call) -> Call:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        see_to(request)
        return call(request)

    return answer


def _unknown(method: str, known: list[str]) -> Problem:
    near = difflib.get_close_matches(method, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known calls are {', '.join(known)}."
    return Problem("method_unknown", f"There is no call '{method[:60]}'.", hint)


def serve() -> None:
    """Serves this process's standard streams until they end or SIGTERM comes."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
    sink = claim_output()
    try:
        Server(sys.stdin.buffer, sink).serve()
    finally:
        sys.stderr.flush()
    # Threads that still compute an answer nobody waits for must not hold the process.
    os._exit(0)


def claim_output() -> BinaryIO:
    """Standard output for our messages alone: what a library prints goes to standard error instead."""
    sys.stdout.flush()
    mine = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return mine
