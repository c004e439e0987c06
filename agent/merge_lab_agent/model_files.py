"""Models' folders on this machine, out of files that a client sent by content."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import text_field
from merge_lab_agent.sent_models import SentModel, sent_models
from merge_lab_agent.store import Store, cannot_write, sync_folder

_PIECE = 1 << 20


def place(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, models: [{folder, files: {name: {sha256, size}}}]}` → `{lacking}`: makes folders of what was
    `put` as data.

    A folder whose files are all there is made at once, readable by its owner alone, and the store keeps no
    copy. `lacking` are the SHA-256 of what is still to be `put` for the rest. Asked again, it finds what it
    made.

    Raises Problem `request_invalid`, `out_exists`, `disk_too_small`, `disk_full`, `store_not_writable`.
    """
    store = Store.open(text_field(request, "store"))
    models = sent_models(request)
    with ExitStack() as alone:
        try:
            (store.root / "data").mkdir(mode=0o700, exist_ok=True)
            for folder in sorted({model.folder for model in models}):
                alone.enter_context(_lock(store, folder))
        except OSError as error:
            raise cannot_write(store.root / "data", error) from error
        return {"lacking": _place_all(store, models)}


def _place_all(store: Store, models: list[SentModel]) -> list[str]:
    new = [model for model in models if not _is_there(model)]
    waiting = [model for model in new if model.lacking(store)]
    _refuse_without_space(store, waiting)
    for model in new:
        try:
            if model in waiting:  # what cannot be written is better known before gigabytes are sent
                _make_private(model.half)
            else:
                _make(store, model)
        except OSError as error:
            raise cannot_write(model.folder, error) from error
    _forget(store, models, waiting)
    return sorted({digest for model in waiting for digest in model.lacking(store)})


def _forget(store: Store, models: list[SentModel], waiting: list[SentModel]) -> None:
    """Removes the copies in the store, but for those that another folder still waits for, and locks: whoever
    waits for one finds the folder made."""
    wanted = {digest for model in waiting for digest, _ in model.files.values()}
    here = {digest for model in models for digest, _ in model.files.values()} - wanted
    locks = [_lock_of(store, model.folder) for model in models if model not in waiting]
    for file in [*map(store.data, here), *locks]:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(file, error) from error


def _lock(store: Store, folder: Path) -> Any:
    from filelock import FileLock

    return FileLock(_lock_of(store, folder), is_singleton=False)


def _lock_of(store: Store, folder: Path) -> Path:
    return store.root / "data" / f".{hashlib.sha256(os.fsencode(folder)).hexdigest()}.lock"


def _is_there(model: SentModel) -> bool:
    """Whether the folder holds this very model. Raises Problem `out_exists` where it holds anything else."""
    folder = model.folder
    try:
        if not folder.exists():
            return False
        names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else {""}
        if not names:
            return False
        if names == set(model.files) and all(
            _sha256(folder / name) == digest for name, (digest, _) in model.files.items()
        ):
            return True
    except OSError as error:
        raise cannot_write(folder, error) from error
    raise Problem(
        "out_exists",
        f"The folder {folder} holds something else already.",
        "Complete it by hand, or move it away, then try again.",
        file=folder,
    )


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _refuse_without_space(store: Store, waiting: list[SentModel]) -> None:
    """Where folders lie on other disks than the store, both are needed: what is sent arrives in the store."""
    lacking = {digest: size for model in waiting for digest, size in model.lacking(store).items()}
    arrived = sum(_size(store.data(digest).with_name(f".{digest}.part")) for digest in lacking)
    data = store.root / "data"
    needed: defaultdict[int, int] = defaultdict(int, {data.stat().st_dev: sum(lacking.values()) - arrived})
    places = {data.stat().st_dev: data}
    for model in waiting:
        near = next(folder for folder in model.folder.parents if folder.exists())
        device = near.stat().st_dev
        if device != data.stat().st_dev:
            places[device] = near
            needed[device] += sum(size for _, size in model.files.values())
    for device, bytes_needed in needed.items():
        free = shutil.disk_usage(places[device]).free
        if bytes_needed > free:
            raise Problem(
                "disk_too_small",
                f"The models need {bytes_needed / 1e9:.1f} GB, but {places[device]} has "
                f"{free / 1e9:.1f} GB free.",
                "Free some space there, or copy them to another disk by hand.",
                file=places[device],
            )


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _make(store: Store, model: SentModel) -> None:
    """All of the folder or nothing: an empty one gives way."""
    shutil.rmtree(model.half, ignore_errors=True)
    _make_private(model.half)
    for name, (digest, _) in model.files.items():
        _link(store.data(digest), model.half / name)
    sync_folder(model.half)
    model.half.replace(model.folder)
    sync_folder(model.folder.parent)


def _make_private(folder: Path) -> None:
    """With the folders above that are missing."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _link(data: Path, file: Path) -> None:
    """One content under two names, where the file system can."""
    try:
        os.link(data, file)
    except OSError:
        with data.open("rb") as source, file.open("xb") as copy:
            shutil.copyfileobj(source, copy, _PIECE)
            copy.flush()
            os.fsync(copy.fileno())
