"""`python -m merge_lab_agent serve|run|merge|prepare|geometry|downstream|environment`.

One JSON document in, one JSON line out; `serve` converses instead. Nothing from a document ever becomes
part of a command line.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable
from typing import Any

from merge_lab_agent import __version__
from merge_lab_agent.problem import Problem

Tell = Callable[[dict[str, Any]], None]
Job = Callable[[dict[str, Any], Tell], dict[str, Any]]
"""From a document to the answer; what a job tells on the way are lines before it."""


def _run(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.identifiers import new_run_id
    from merge_lab_agent.run import run

    return run({"run": new_run_id(), "device": "auto"} | request)


def _merge(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.merge import merge

    return merge(request, tell)


def _prepare(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.prepare import prepare

    return prepare(request)


def _geometry(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.geometry_file import geometry

    return geometry(request)


def _downstream(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.downstream import downstream

    return downstream(request, tell)


def _environment(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.environment import environment

    return environment(request)


def _supervised_run(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.supervised_run import supervised_run

    return supervised_run(request)


def _slurm_worker(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from merge_lab_agent.slurm_worker import slurm_worker

    return slurm_worker(request)


# Each imports what it needs when it is asked for: starting must be quick.
JOBS: dict[str, Job] = {
    "run": _run,
    "merge": _merge,
    "prepare": _prepare,
    "geometry": _geometry,
    "downstream": _downstream,
    "environment": _environment,
    "supervised_run": _supervised_run,
    "slurm_worker": _slurm_worker,
}


def main(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        print(__version__)
        return 0
    if arguments == ["serve"]:
        from merge_lab_agent.serve import serve

        serve()
        return 0
    if len(arguments) != 1 or arguments[0] not in JOBS:
        known = ["serve", *JOBS]
        near = difflib.get_close_matches(" ".join(arguments), known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        print(f"usage: python -m merge_lab_agent {'|'.join(known)} < document.json{hint}", file=sys.stderr)
        return 2
    return _answer(JOBS[arguments[0]])


def _answer(job: Job) -> int:
    """Prints the answer, or `{"error": Problem}`; exit code 1 where it failed."""
    from merge_lab_agent.run import as_problem
    from merge_lab_agent.serve import claim_output
    from merge_lab_agent.store import compact_json

    output = claim_output()

    def tell(message: dict[str, Any]) -> None:
        output.write(compact_json(message) + b"\n")
        output.flush()

    try:
        answer = job(_document(sys.stdin.buffer.read()), tell)
        code = 1 if answer.get("state") == "failed" else 0
    except Exception as error:
        if not isinstance(error, Problem):
            import traceback

            traceback.print_exc()
        answer, code = {"error": as_problem(error).to_json()}, 1
    tell(answer)
    return code


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Problem(
            "request_invalid",
            f"Standard input is not a JSON document: {error}.",
            "Give one JSON object on standard input.",
        ) from error
    if not isinstance(document, dict):
        raise Problem(
            "request_invalid",
            "Standard input is not a JSON object.",
            "Give one JSON object on standard input.",
        )
    return document


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
