"""From a source as the experiment writes it to a folder on this machine, pinned where it comes from the hub.

A name that begins with `./`, `../`, `/` or `~` is a folder; anything else a hub name with optional
`@revision`. The local Hugging Face cache is asked first; only safetensors, JSON and tokenizer files are ever
downloaded.
"""

from __future__ import annotations

import difflib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.models import open_model
from merge_lab_agent.problem import Problem
from merge_lab_agent.tokenizer import TOKENIZER_FILES

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,199}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_WANTED = set(TOKENIZER_FILES)
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


@dataclass(frozen=True)
class Resolved:
    """A model's folder; `source` is pinned to a commit where it came from the hub: `org/name@<commit>`.

    `files` are what the answer depends on, besides the folder: those that say which commit a branch means.
    """

    path: Path
    source: str
    files: list[Path]


def is_folder(source: str) -> bool:
    """Whether a source is written as a folder (else it is a hub name)."""
    return (
        source in (".", "..", "~")
        or source.startswith(("./", "../", "/", "~/", ".\\", "..\\"))
        or (re.match(r"[A-Za-z]:[\\/]", source) is not None)
    )


def resolve(source: str, root: Path) -> Resolved:
    """The folder that `source` means; relative folders begin at `root`.

    Raises: Problem `model_missing`, `source_invalid`, `hub_not_found`, `hub_access`, `hub_offline`,
    `hub_failed`, `pickle_refused`, `disk_too_small`.
    """
    if is_folder(source):
        path = (root / Path(source).expanduser()).resolve()
        if not path.is_dir():
            raise Problem(
                "model_missing",
                f"There is no folder {path} ('{source}').",
                f"{_near(path)}Correct the path; a relative one begins at the experiment file.",
                file=path,
            )
        return Resolved(path, source, [])
    name, revision = _parse(source, root)
    folder = _cached(name, revision) or _download(source, name, revision)
    commit = folder.name
    reference = folder.parent.parent / "refs" / revision
    pinned = _COMMIT.fullmatch(revision) is not None
    return Resolved(folder, f"{name}@{commit}", [] if pinned else [reference])


def _near(missing: Path) -> str:
    """The folder beside a missing one that was probably meant, as a question; empty where none is near."""
    try:
        beside = [entry.name for entry in missing.parent.iterdir() if entry.is_dir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(missing.name, beside, n=1)
    return f"Did you mean {near[0]}? " if near else ""


def _parse(source: str, root: Path) -> tuple[str, str]:
    name, at, revision = source.partition("@")
    if not at:
        revision = "main"
    odd = ".." in source or _HUB_NAME.fullmatch(name) is None or _REVISION.fullmatch(revision) is None
    is_there = "\0" not in source and (root / source).is_dir()
    if odd or is_there:
        raise Problem(
            "source_invalid",
            f"'{source}' is neither a folder nor a hub name.",
            f"Write ./{source} for the folder." if is_there else "Begin folders with ./, ../, / or ~.",
        )
    return name, revision


def _cached(name: str, revision: str) -> Path | None:
    """The snapshot in the local cache, if it is there and complete; nothing is asked of the network."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True))
        open_model(folder)
    except Problem as problem:
        # What is there but refused for its content would be refused after another download too.
        if problem.code in ("pickle_refused", "adapter_unsupported"):
            raise
        return None
    except Exception:  # the library's errors differ by version; all mean that it is not here
        return None
    return folder


def _download(source: str, name: str, revision: str) -> Path:
    """Download the wanted files of one commit into the cache; returns the snapshot's folder."""
    from huggingface_hub import HfApi, snapshot_download

    try:
        info = HfApi().model_info(name, revision=revision, files_metadata=True)
        sizes = {str(file.rfilename): int(file.size or 0) for file in info.siblings or []}
        wanted = _wanted(source, sizes)
        _refuse_without_space(source, sum(sizes[file] for file in wanted))
        patterns = [re.sub(r"([*?[])", r"[\1]", file) for file in wanted]
        return Path(snapshot_download(name, revision=info.sha, allow_patterns=patterns)).resolve()
    except Problem:
        raise
    except Exception as error:
        raise _explained(source, error) from error


def _wanted(source: str, files: dict[str, int]) -> list[str]:
    """The files of a repository's own folder that a model needs; never a pickled one."""
    here = [file for file in files if "/" not in file]
    weights = [file for file in here if file.endswith(".safetensors")]
    if not weights and any(file.endswith(_PICKLED) for file in here):
        raise Problem(
            "pickle_refused",
            f"{source} offers its weights only as pickle, which can run any code when it is read.",
            "Choose a revision or a model that has .safetensors files.",
        )
    if "model.safetensors" in weights:  # a sharded copy beside it would only be downloaded in vain
        weights = [file for file in weights if not re.search(r"-\d{5}-of-\d{5}\.safetensors$", file)]
    return sorted(
        {*weights, *(file for file in here if file.endswith((".json", ".jinja")) or file in _WANTED)}
    )


def _refuse_without_space(source: str, needed: int) -> None:
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE)
    existing = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise Problem(
            "disk_too_small",
            f"{source} needs {needed / 1e9:.1f} GB, but {existing} has {free / 1e9:.1f} GB free.",
            "Free some space, or set HF_HOME to a larger disk.",
        )


def _explained(source: str, error: Exception) -> Problem:
    """The hub's errors in words of this program."""
    from huggingface_hub import errors

    def is_a(*names: str) -> bool:
        kinds: list[Any] = [getattr(errors, name, None) for name in names]
        return any(kind is not None and isinstance(error, kind) for kind in kinds)

    if is_a("GatedRepoError"):
        return Problem(
            "hub_access",
            f"{source} is gated: its owners must grant you access.",
            "Accept its terms on huggingface.co, then log in on this machine with `hf auth login`.",
        )
    if is_a("RevisionNotFoundError"):
        return Problem(
            "hub_not_found",
            f"{source}: the hub has this model but not this revision.",
            "Correct what stands behind the @: a branch, a tag or a commit.",
        )
    if is_a("RepositoryNotFoundError"):
        return Problem(
            "hub_not_found",
            f"{source} is not on the hub, or it is private.",
            "Correct the name, begin folders with ./, or log in with `hf auth login`.",
        )
    # The client's network library differs by version, and not all of its errors are OSErrors.
    unreached = isinstance(error, OSError) or any(c.__name__ == "TransportError" for c in type(error).__mro__)
    if is_a("LocalEntryNotFoundError") or (unreached and not is_a("HfHubHTTPError")):
        return Problem(
            "hub_offline",
            f"{source} is not complete in the local cache, and the hub is out of reach: {_first_line(error)}",
            "Connect to the network (and unset HF_HUB_OFFLINE), or give a local folder.",
        )
    return Problem("hub_failed", f"{source} cannot be downloaded: {_first_line(error)}", "Try again later.")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
