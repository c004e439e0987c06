"""Tasks of the evaluation harness: by name from its own collection, or from a folder of the user.

A folder holds one YAML file in the harness's format, and its data. It is read as data only: what would run
code of the folder or of the network (`!function`, classes, metrics that are downloaded) is refused by name.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, object_field, text_field
from merge_lab_agent.store import Store
from merge_lab_agent.task_files import task_folder

READERS = ("json", "csv", "text", "parquet")
"""Of `datasets`: they read files that lie in the folder."""
CODE = ("class", "custom_dataset", "process_docs", "process_results", "unsafe_code", "use_prompt", "include")
"""Fields that name code, or files outside."""


@dataclass(frozen=True)
class TaskRequest:
    """`name` in the harness's collection, or `folder`; `limit` is the number of first items, None for all.

    `key` names what is asked, by content; made by the client. `shots` None is the task's own number.
    """

    key: str
    name: str | None
    folder: Path | None
    shots: int | None
    limit: int | None

    @property
    def source(self) -> str:
        return str(self.folder) if self.name is None else self.name


def read_request(document: Any, store: Store) -> TaskRequest:
    """A task by `name`, by `folder`, or by the `files` of a folder that a client sent.

    Raises Problem `request_invalid`, and those of `task_folder`.
    """
    fields = object_field(document, "task")
    if sum(fields.get(way) is not None for way in ("name", "folder", "files")) != 1:
        raise invalid("A task needs either a name, a folder, or files.")
    key = text_field(fields, "key")
    return TaskRequest(
        key=key,
        name=None if fields.get("name") is None else text_field(fields, "name"),
        folder=_folder(fields, key, store),
        shots=_count(fields.get("shots"), 0, "shots"),
        limit=_count(fields.get("limit"), 1, "limit"),
    )


def _folder(fields: dict[str, Any], key: str, store: Store) -> Path | None:
    if fields.get("files") is not None:
        return task_folder(store, key, fields["files"])
    if fields.get("folder") is None:
        return None
    place = Path(text_field(fields, "folder"))
    if not place.is_absolute():
        raise invalid(f"The task folder '{place}' is not an absolute path.")
    return place


def _count(value: Any, least: int, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise invalid(f"'{name}' of a task is not a whole number of at least {least}.")
    return value


def check_known(
    name: str, tasks: list[str], collections: list[str], members: Callable[[str], list[str]]
) -> None:
    """Raises Problem `task_unknown` with near names, `task_is_group` with the `members` of a collection."""
    if name in tasks:
        return
    if name in collections:
        within = members(name)
        some = f"{', '.join(within[:8])}{', …' if len(within) > 8 else ''}"
        raise Problem(
            "task_is_group",
            f"'{name}' is a group of {len(within)} tasks; each is scored by itself here.",
            f"Write those that you want in its place: `downstream: [{some}]`.",
        )
    near = difflib.get_close_matches(name, [*tasks, *collections], n=5)
    raise Problem(
        "task_unknown",
        f"The evaluation harness has no task '{name}'.",
        f"Did you mean {' or '.join(near)}?" if near else "Name one of its tasks, or a folder: ./tasks/mine.",
    )


def read_folder(folder: Path) -> dict[str, Any]:
    """The harness's configuration of a folder's task, its data files as absolute paths.

    Raises Problem `task_missing`, `task_invalid`, `task_code_refused` or `task_data_missing`.
    """
    file = _yaml_of(folder)
    config = _parse(file)
    named = [field for field in CODE if field in config]
    if named:
        raise _code(file, f"`{named[0]}`")
    if not isinstance(config.get("task"), str):
        raise _invalid(file, "`task:` must name the task")
    metrics = config.get("metric_list") or []
    for metric in metrics if isinstance(metrics, list) else [metrics]:
        if not isinstance(metric, dict) or not isinstance(metric.get("metric"), str):
            raise _invalid(file, "every entry of `metric_list` needs a `metric`")
        if metric.get("hf_evaluate"):
            raise _code(file, "`hf_evaluate`")
    options = config.get("dataset_kwargs") or {}
    if not isinstance(options, dict):
        raise _invalid(file, "`dataset_kwargs` must be a map")
    if options.get("trust_remote_code"):
        raise _code(file, "`trust_remote_code`")
    if config.get("dataset_path") in READERS:
        if set(options) - {"data_files", "field", "delimiter"}:
            raise _invalid(file, "`dataset_kwargs` may hold `data_files`, `field` and `delimiter`")
        config["dataset_kwargs"] = options | {"data_files": _inside(folder, file, options.get("data_files"))}
    return config


def _yaml_of(folder: Path) -> Path:
    if not folder.is_dir():
        near = difflib.get_close_matches(folder.name, _names(folder.parent), n=3)
        raise Problem(
            "task_missing",
            f"There is no task folder {folder}.",
            f"Did you mean {' or '.join(near)}?" if near else "Correct its path in the experiment.",
            file=folder,
        )
    files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
    if len(files) != 1:
        found = "no YAML file" if not files else f"{len(files)} YAML files"
        raise Problem(
            "task_invalid",
            f"The task folder {folder} holds {found}; it takes one, with the task in the harness's format.",
            "Keep one task in a folder.",
            file=folder,
        )
    return files[0]


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _parse(file: Path) -> dict[str, Any]:
    """Plain YAML: its tags would be code."""
    import yaml

    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.constructor.ConstructorError as error:
        raise _code(file, "a YAML tag such as `!function`", error.problem_mark) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _invalid(file, f"it cannot be read: {str(error)[:300]}") from error
    if not isinstance(config, dict):
        raise _invalid(file, "it is not a map of fields")
    return config


def _inside(folder: Path, file: Path, files: Any) -> Any:
    """The same shape with absolute paths, each of a file of the folder."""
    if isinstance(files, dict):
        return {split: _inside(folder, file, one) for split, one in files.items()}
    if isinstance(files, list):
        return [_inside(folder, file, one) for one in files]
    if not isinstance(files, str) or not files:
        raise _invalid(file, "`dataset_kwargs.data_files` must name files of the folder")
    found = (folder / files).resolve()
    if not found.is_relative_to(folder.resolve()) or not found.is_file():
        raise Problem(
            "task_data_missing",
            f"The task's data file '{files}' is not in its folder {folder}.",
            "Put it there: a task folder holds all that its scores depend on.",
            file=file,
        )
    return str(found)


def _code(file: Path, what: str, mark: Any = None) -> Problem:
    return Problem(
        "task_code_refused",
        f"The task uses {what}, which would run code; nothing of a task folder is run.",
        "Write it with templates and the metrics of the harness.",
        file=file,
        line=None if mark is None else mark.line + 1,
    )


def _invalid(file: Path, why: str) -> Problem:
    return Problem(
        "task_invalid",
        f"This is no task of the evaluation harness: {why}.",
        "Compare it with the tasks of the harness, or with the sample's.",
        file=file,
    )
