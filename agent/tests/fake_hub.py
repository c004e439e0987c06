"""A hub on loopback: as much of the Hugging Face hub as a download needs, serving one folder as one model."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


class FakeHub:
    """Serves `folder` as the model `org/model`; `asked` lists the files that were downloaded.

    Example: `with FakeHub(folder) as hub: run(..., env={"HF_ENDPOINT": hub.address})`
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> FakeHub:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _files(self) -> dict[str, Path]:
        return {
            file.relative_to(self.folder).as_posix(): file
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                path = unquote(urlsplit(self.path).path)
                if path.startswith("/api/models/org/model/tree/"):
                    self._json(
                        [
                            {"type": "file", "path": n, "size": f.stat().st_size, "oid": _etag(f)}
                            for n, f in hub._files().items()
                        ]
                    )
                elif path in (
                    "/api/models/org/model/revision/main",
                    f"/api/models/org/model/revision/{COMMIT}",
                ):
                    siblings = [{"rfilename": n, "size": f.stat().st_size} for n, f in hub._files().items()]
                    self._json({"id": "org/model", "sha": COMMIT, "siblings": siblings, "private": False})
                elif path.startswith("/api/models/org/model/revision/"):
                    self._refuse("RevisionNotFound")
                elif path.startswith(f"/org/model/resolve/{COMMIT}/"):
                    self._file(path.split("/", 5)[5])
                elif path.startswith("/api/models/org/gated/"):
                    self._refuse("GatedRepo", 403)
                else:
                    self._refuse("RepoNotFound")

            def _json(self, document: Any) -> None:
                self._send(json.dumps(document).encode(), {"Content-Type": "application/json"})

            def _file(self, name: str) -> None:
                file = hub._files().get(name)
                if file is None:
                    self._refuse("EntryNotFound")
                    return
                if self.command == "GET":
                    hub.asked.append(name)
                self._send(file.read_bytes(), {"ETag": f'"{_etag(file)}"', "X-Repo-Commit": COMMIT})

            def _send(self, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(200)
                for key, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def _refuse(self, code: str, status: int = 404) -> None:
                self.send_response(status)
                self.send_header("X-Error-Code", code)
                self.send_header("X-Error-Message", code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep test output clean."""

        return Handler


def _etag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
