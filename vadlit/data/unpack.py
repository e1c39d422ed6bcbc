"""Take one folder out of a gzipped tar archive that came from outside."""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from vadlit.errors import UserError

MAX_BYTES = 4 * 2**30  # three times what the official Ped1 and Ped2 frames and masks can hold


def unpack_folder(archive: Path, folder: str, target: Path, max_bytes: int = MAX_BYTES) -> None:
    """Unpack the files under `folder` of a `.tar.gz` as the folder `target`, whole or not at all.

    Hidden files, the archiver's own bookkeeping, are left out. One call at a time for a target.

    Args:
        archive: the gzipped tar archive.
        folder: the path inside the archive, with `/`.
        target: where it goes; must not exist yet, its parent must.
        max_bytes: the most bytes that the archive may hold once decompressed.

    Raises:
        UserError: the archive is damaged, too big, lacks `folder` or has an unsafe member.
        OSError: `target` cannot be written.
    """
    temporary = target.with_name(f".{target.name}.unpacking")
    shutil.rmtree(temporary, ignore_errors=True)  # left by a run that was killed
    try:
        with _damage_named(archive), _BoundedGzip(archive, max_bytes) as stream:
            _extract(stream, folder, temporary)
        if not (temporary / folder).is_dir():
            raise UserError(f"The archive {archive} has no folder {folder}, which is needed.")
        (temporary / folder).rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _BoundedGzip(gzip.GzipFile):
    """A gzip stream that refuses to swell beyond `max_bytes`."""

    def __init__(self, archive: Path, max_bytes: int) -> None:
        super().__init__(archive)
        self.max_bytes = max_bytes

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if self.tell() > self.max_bytes:
            raise UserError(
                f"The archive {self.name} unpacks to more than {self.max_bytes} bytes, which is the"
                " most allowed."
            )
        return block


def _extract(stream: gzip.GzipFile, folder: str, destination: Path) -> None:
    # "r|" reads forwards only, so each byte passes the bound and is decompressed once.
    with tarfile.open(fileobj=stream, mode="r|", bufsize=2**20) as tar:
        for member in _checked(tar):
            path = PurePosixPath(member.name)
            if path.is_relative_to(folder) and not path.name.startswith("."):
                tar.extract(member, destination, filter="data")


def _checked(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise UserError(
                f"The archive has the unsafe member {member.name!r}; only plain files and folders"
                " inside it are allowed."
            )
        yield member


@contextmanager
def _damage_named(archive: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(
            f"The file {archive} must be a whole gzipped tar archive, but cannot be read: {error}."
        ) from error
