"""Files to and from a client, in pieces: `put` what is named by its content, `get` what lies in the store.

A merged model lies in `merged/<name>` until its client has it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any, BinaryIO

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid, text_field
from merge_lab_agent.store import Store, cannot_write, check_inside, sync_folder

LARGEST_PIECE = 1 << 20
_MERGED = re.compile(r"merged/[0-9a-f]{32}")


def put(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, kind, sha256, size, offset, data}` → `{path, have}`: takes the piece at `offset`, in base64.

    `kind` is `plan` (`plans/<sha256>.jsonl`) or `data` (`data/<sha256>`). `have` is how many bytes are there
    now: a client that was cut off asks with an empty piece and goes on from there. A piece that does not
    begin where the last one ended is not taken. The file gets its name once its content has its hash.

    Raises Problem `request_invalid`, `transfer_damaged`, `disk_full`, `store_not_writable`.
    """
    store = Store.open(text_field(request, "store"))
    file = _place(store, text_field(request, "kind"), text_field(request, "sha256"))
    size, offset, data = _natural(request, "size"), _natural(request, "offset"), _piece(request)
    if offset + len(data) > size:
        raise invalid(f"The piece goes beyond the {size} bytes of the file.")
    if file.exists():
        return {"path": str(file), "have": size}
    part = file.parent / f".{file.name}.part"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with _alone(part):
            have = _append(part, offset, data)
            if have == size:
                _finish(part, file)
    except OSError as error:
        raise cannot_write(file, error) from error
    return {"path": str(file), "have": have}


def get(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, path, offset, most}` → `{data, size}`: the next piece of a file of the store, in base64.

    `most`: of how many bytes, since on a slow way many take longer than a client waits.

    Raises Problem `path_outside_store`, `file_missing`, `file_unreadable`.
    """
    store = Store.at(text_field(request, "store"))
    path, offset = text_field(request, "path"), _natural(request, "offset")
    most = _natural({"most": LARGEST_PIECE} | request, "most")
    check_inside(path)
    file = store.root / path
    try:
        if _MERGED.fullmatch(str(Path(path).parent)):
            os.utime(file.parent)  # `clean` takes what nobody touched for a day
        with file.open("rb") as opened:
            opened.seek(offset)
            data = opened.read(min(most, LARGEST_PIECE))
            size = os.fstat(opened.fileno()).st_size
    except FileNotFoundError as error:
        raise Problem("file_missing", f"There is no file '{file}'.", "Run it again.", file=file) from error
    except OSError as error:
        why = f"'{file}' cannot be read: {error.strerror or error}."
        raise Problem("file_unreadable", why, "Give yourself the right to read it.", file=file) from error
    return {"data": base64.b64encode(data).decode("ascii"), "size": size}


def files(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, folder}` → `{files}`: sizes of what lies in a folder of merged models, by name; none where
    there is no such folder."""
    folder = _merged(request)
    if not folder.is_dir():
        return {"files": {}}
    return {"files": {file.name: file.stat().st_size for file in sorted(folder.iterdir())}}


def discard(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, folder}` → `{}`: removes a merged model that its client has."""
    folder = _merged(request)
    try:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return {}


def _merged(request: dict[str, Any]) -> Path:
    folder = text_field(request, "folder")
    if _MERGED.fullmatch(folder) is None:
        raise invalid(f"'{folder[:100]}' is no folder of a merged model.")
    return Store.at(text_field(request, "store")).root / folder


def _place(store: Store, kind: str, digest: str) -> Path:
    if kind == "plan":
        return store.plan(digest)
    if kind == "data":
        return store.data(digest)
    raise invalid(f"'{kind[:40]}' is nothing that is put: it is 'plan' or 'data'.")


def _alone(part: Path) -> Any:
    from filelock import FileLock

    return FileLock(f"{part}.lock", is_singleton=False)


def _append(part: Path, offset: int, data: bytes) -> int:
    """Bytes that are there afterwards; a piece that does not follow on leaves them as they are."""
    with part.open("ab") as opened:
        have = opened.tell()
        if have == offset:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
            have += len(data)
    return have


def _finish(part: Path, file: Path) -> None:
    """The digest in the file's name must be that of its content."""
    with part.open("rb") as opened:
        digest = _sha256(opened)
    if digest != file.name.partition(".")[0]:
        part.unlink()
        raise Problem(
            "transfer_damaged",
            f"What arrived for '{file.name}' is not what was sent.",
            "Send it again.",
            file=file,
        )
    part.replace(file)
    sync_folder(file.parent)
    Path(f"{part}.lock").unlink(missing_ok=True)


def _sha256(opened: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := opened.read(LARGEST_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _natural(request: dict[str, Any], name: str) -> int:
    value = request.get(name)
    if type(value) is not int or value < 0:
        raise invalid(f"The request's '{name}' is not a whole number.")
    return value


def _piece(request: dict[str, Any]) -> bytes:
    data = request.get("data")
    try:
        piece = base64.b64decode(data if isinstance(data, str) else "!", validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("The request's 'data' is not base64.") from error
    if len(piece) > LARGEST_PIECE:
        raise invalid(f"A piece has at most {LARGEST_PIECE} bytes.")
    return piece
