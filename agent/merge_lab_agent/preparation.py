"""What a preparation has found so far: models, evaluation sets, problems and warnings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.compare import Findings
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.files_read import FilesRead
from merge_lab_agent.hub import Resolved
from merge_lab_agent.prepare_request import AskedModel, Request
from merge_lab_agent.problem import Problem

_T = TypeVar("_T")


@dataclass
class OpenedModel:
    """One model of the request, as far as it could be read."""

    asked: AskedModel
    resolved: Resolved
    opened: Checkpoint | Adapter
    fingerprint: str
    distance: float | None = None

    @property
    def id(self) -> str:
        return self.asked.id


@dataclass
class Preparation:
    """Everything found so far. Problems are collected, so that one broken model does not hide the next."""

    request: Request
    files: FilesRead = field(default_factory=FilesRead)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    models: dict[str, OpenedModel] = field(default_factory=dict)
    evaluations: dict[str, EvaluationSet] = field(default_factory=dict)

    def attempt(self, work: Callable[[], _T], **where: str) -> _T | None:
        """The work's result, or None with its Problem noted."""
        try:
            return work()
        except Problem as caught:
            problem = caught
        except OSError as error:  # no right to read, a name too long, a share that went away
            problem = Problem(
                "file_unreadable",
                f"{error.filename or 'A file'} cannot be read: {error.strerror or error}.",
                "Check the path, and that you may read it.",
                file=error.filename if isinstance(error.filename, str) else None,
            )
        for name, value in where.items():
            problem.where.setdefault(name, value)
        self.problems.append(problem)
        return None

    def bases(self) -> dict[str | None, Checkpoint]:
        """Size to base, in the request's order."""
        return {
            model.asked.size: model.opened
            for model in self.models.values()
            if model.asked.role == "base" and isinstance(model.opened, Checkpoint)
        }

    def experts(self, size: str | None) -> list[OpenedModel]:
        models = self.models.values()
        return [model for model in models if model.asked.role == "expert" and model.asked.size == size]

    def take(self, found: Findings) -> None:
        self.problems += found.problems
        self.warnings += found.warnings
