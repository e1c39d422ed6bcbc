"""Fetch the UCSD Ped2 footage (Mahadevan et al., CVPR 2010) from where its authors publish it."""

import hashlib
import re
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from filelock import FileLock
from tqdm import tqdm

from vadlit.data.unpack import unpack_folder
from vadlit.disk import writing
from vadlit.errors import UserError

FOLDER = "UCSD_Anomaly_Dataset.v1p2/UCSDped2"
TIMEOUT = 30.0  # seconds without a byte
BLOCK = 2**18  # bytes


def download_ped2(root: Path, url: str, size: int | None = None, sha256: str | None = None) -> Path:
    """Download and unpack Ped2 in its official layout; do nothing where it already is.

    A transfer that broke off stays in `root` as `NAME.part` and is resumed by the next call; the
    archive is removed once it is unpacked. A second process waits for the first.

    Args:
        root: the folder to hold `UCSDped2`, made where it is missing.
        url: the http(s) address of the official archive.
        size: its length in bytes, where known.
        sha256: its checksum in hexadecimal, where known.

    Returns:
        `root/UCSDped2`, with `Train` and `Test` in it.

    Raises:
        UserError: the address, the server, the archive or the disk is at fault.
    """
    target = root / "UCSDped2"
    if target.is_dir():
        return target
    part = root / f"{_file_name(url)}.part"
    with writing(f"Ped2 in {root}", "make room there or choose another folder, then run it again"):
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".UCSDped2.lock"):
            if not target.is_dir():
                fetch(url, part, size)
                _unpack_verified(part, target, sha256)
    return target


def fetch(url: str, part: Path, size: int | None = None) -> None:
    """Complete the file `part` with what it lacks of the bytes at `url`.

    Args:
        url: the http(s) address.
        part: the file; what it holds already is taken for the beginning of the transfer.
        size: how many bytes there must be in all, where known.

    Raises:
        UserError: the server cannot be reached, refuses, breaks off or offers another size.
        OSError: `part` cannot be written.
    """
    have = part.stat().st_size if part.exists() else 0
    if have == size:
        return
    if size is not None and have > size:
        have = 0
    with _open(url, have) as response:
        start = _start(response, have)
        total = size if response.length is None else start + response.length
        if size not in {None, total}:
            raise UserError(f"The file at {url} has {total} bytes, but {size} are expected.")
        with part.open("ab") as file:
            file.seek(file.truncate(start))
            _copy(response, file, total)
    _check_length(url, part.stat().st_size, total)


def _file_name(url: str) -> str:
    _require_http(url)
    path = re.fullmatch(r"https?://[^/?#]+/(?:[^?#]*/)?([^/?#]+)([?#].*)?", url)
    if path is None:
        raise UserError(f"The address {url!r} must end in the name of a file.")
    return path[1]


def _require_http(url: str) -> None:
    if not re.match(r"https?://[^/]", url):
        raise UserError(f"The address {url!r} must begin with http:// or https:// and a host.")


class _HttpRedirects(HTTPRedirectHandler):
    """Follows redirects, but not from http(s) to another scheme."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        _require_http(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str, offset: int) -> HTTPResponse:
    """Ask for the bytes from `offset` on, or for all where the server has none there."""
    # A server may gzip in transit, or unzip what is a .gz file, unless told not to.
    headers = {"Accept-Encoding": "identity", "User-Agent": "vadlit"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        response = build_opener(_HttpRedirects).open(Request(url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        error.close()
        if offset and error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _open(url, 0)
        raise UserError(f"The server answers {url} with {error.code} {error.reason}.") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise UserError(f"The address {url} cannot be read: {reason}.") from error
    assert isinstance(response, HTTPResponse)
    return response


def _start(response: HTTPResponse, offset: int) -> int:
    """Where in the file the body begins: at `offset`, or at 0 from a server without ranges."""
    if response.status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    content_range = response.headers.get("Content-Range", "")
    if not content_range.startswith(f"bytes {offset}-"):
        raise UserError(
            f"The server answers {response.url} with the range {content_range!r}, but the bytes"
            f" from {offset} on were asked for."
        )
    return offset


def _copy(response: HTTPResponse, file: IO[bytes], total: int | None) -> None:
    """Append the body to `file`, but not endlessly more than `total` bytes."""
    # disable=None: no bar where the output is no terminal
    with tqdm(
        total=total, initial=file.tell(), unit="B", unit_scale=True, desc="Ped2", disable=None
    ) as bar:
        while (total is None or file.tell() <= total) and (block := _read(response)):
            file.write(block)
            bar.update(len(block))


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read(BLOCK)
    except (OSError, HTTPException) as error:
        raise UserError(
            f"The transfer of {response.url} broke off ({error}): run it again to resume it."
        ) from error


def _check_length(url: str, length: int, total: int | None) -> None:
    if total is not None and length < total:
        raise UserError(
            f"The transfer of {url} broke off at {length} of {total} bytes: run it again to"
            " resume it."
        )
    if total is not None and length > total:
        raise UserError(f"The file at {url} has more than the {total} bytes that are expected.")


def _unpack_verified(part: Path, target: Path, sha256: str | None) -> None:
    try:
        if sha256 is not None:
            _check_sha256(part, sha256)
        unpack_folder(part, FOLDER, target)
    except UserError:
        part.unlink()  # no more bytes could mend it
        raise
    part.unlink()


def _check_sha256(part: Path, sha256: str) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        raise UserError(f"The archive {part} has the SHA-256 {found}, but {sha256} is expected.")
