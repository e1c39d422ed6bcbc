"""A small archive in the official layout of Ped2, and a server of it that misbehaves at will."""

import hashlib
import io
import random
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from vadlit.data.download import FOLDER

NAME = "UCSD_Anomaly_Dataset.tar.gz"
FILES = ("Train/Train001/001.tif", "Test/Test001/001.tif", "Test/Test001_gt/001.bmp")


def official_archive() -> bytes:
    """A small archive in the official layout that does not compress."""
    noise = random.Random(0)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in (f"{FOLDER}/{file}" for file in FILES):
            info = tarfile.TarInfo(name)
            info.size = 200_000
            tar.addfile(info, io.BytesIO(noise.randbytes(info.size)))
    return buffer.getvalue()


ARCHIVE = official_archive()
SIZE = len(ARCHIVE)
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()


@dataclass
class Site:
    """What the server serves, how it misbehaves, and the Range headers that it was sent."""

    data: bytes = ARCHIVE
    ranges: bool = True
    shift: int = 0  # answer a range that begins this much later
    cut: int | None = None  # close the connection after so many bytes
    announce: bool = True  # send Content-Length
    redirect: str | None = None
    asked: list[str | None] = field(default_factory=list)
    url: str = ""


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers["Range"]
            site.asked.append(asked)
            if site.redirect is not None:
                self.answer(302, b"", {"Location": site.redirect})
            elif not self.path.endswith(NAME):
                self.answer(404, b"", {})
            elif asked is None or not site.ranges:
                self.answer(200, site.data, {})
            else:
                self.part(int(asked.removeprefix("bytes=").removesuffix("-")) + site.shift)

        def part(self, start: int) -> None:
            size = len(site.data)
            if start >= size:
                self.answer(416, b"", {"Content-Range": f"bytes */{size}"})
            else:
                content_range = f"bytes {start}-{size - 1}/{size}"
                self.answer(206, site.data[start:], {"Content-Range": content_range})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if site.announce:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # a client may hang up early
                self.wfile.write(body[: site.cut])

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def served() -> Iterator[Site]:
    """A site on the loopback interface, stopped at the end."""
    site = Site()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(site)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}/data/{NAME}"
        yield site
        server.shutdown()
        thread.join()
