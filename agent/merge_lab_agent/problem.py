"""What a person is told when something is wrong: a stable code, what and where, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Problem(Exception):
    """A failure: a stable `code` (programs act on it), a `message` (what, where), a `fix` (what to do)."""

    def __init__(
        self,
        code: str,
        message: str,
        fix: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        **where: str,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.file = None if file is None else str(file)
        self.line = line
        self.where = where  # e.g. model="S/expert/code", domain="algebra"

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"code": self.code, "message": self.message, "fix": self.fix}
        if self.file is not None:
            document["file"] = self.file
        if self.line is not None:
            document["line"] = self.line
        return document | self.where
