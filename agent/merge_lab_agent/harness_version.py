"""Which evaluation harness is installed beside the agent, without loading it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from merge_lab_agent.problem import Problem

PACKAGE = "lm-eval"
REQUIREMENT = "lm-eval>=0.4.13,<0.5"


def harness_version() -> str:
    """Raises Problem `harness_missing`."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError as error:
        raise Problem(
            "harness_missing",
            "Downstream tasks need EleutherAI's lm-evaluation-harness, which is not installed.",
            f'Install it beside the agent: python -m pip install "{REQUIREMENT}".',
        ) from error


def harness(request: dict[str, Any]) -> dict[str, Any]:
    """The call `harness {}` → `{version}`, null where it is not installed."""
    try:
        return {"version": harness_version()}
    except Problem:
        return {"version": None}
