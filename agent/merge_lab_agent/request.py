"""Fields of a request from outside, checked at the edge."""

from __future__ import annotations

from typing import Any

from merge_lab_agent.problem import Problem


def invalid(message: str) -> Problem:
    return Problem("request_invalid", message, "Update Model Merge Lab so that both sides agree on the call.")


def text_field(request: Any, name: str) -> str:
    value = object_field(request).get(name)
    if not isinstance(value, str) or not value or "\0" in value:
        raise invalid(f"The request needs a text '{name}'.")
    return value


def object_field(value: Any, name: str = "request") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"The {name} is not an object.")
    return value


def text_list(request: dict[str, Any], name: str) -> tuple[str, ...]:
    value = request.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid(f"The request's '{name}' is not a list of texts.")
    return tuple(value)


def flag(request: dict[str, Any], name: str) -> bool:
    value = request.get(name, False)
    if not isinstance(value, bool):
        raise invalid(f"The request's '{name}' is neither true nor false.")
    return value


def optional_count(request: dict[str, Any], name: str) -> int | None:
    value = request.get(name)
    if value is None:
        return None
    if type(value) is not int or value < 1:
        raise invalid(f"The request's '{name}' is not a number above 0.")
    return value
