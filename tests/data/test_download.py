import io
import re
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket

import pytest

from tests.data.disk import room_for_files_of
from tests.data.site import ARCHIVE, FILES, NAME, SHA256, SIZE, Site, served
from vadlit.data.download import FOLDER, download_ped2
from vadlit.data.unpack import unpack_folder
from vadlit.errors import UserError

LOCK = ".UCSDped2.lock"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served() as site:
        yield site


def names(root: Path) -> set[str]:
    """What lies in `root`, but for the lock file."""
    return {path.name for path in root.iterdir()} - {LOCK}


def assert_whole(root: Path, reference: Path) -> None:
    """Compare what lies under `root` with the archive as the standard library unpacks it."""
    assert names(root) == {"UCSDped2"}
    with tarfile.open(fileobj=io.BytesIO(ARCHIVE)) as tar:
        tar.extractall(reference, filter="data")
    files = {
        str(path.relative_to(root / "UCSDped2"))
        for path in (root / "UCSDped2").rglob("*")
        if path.is_file()
    }
    assert files == set(FILES)
    for name in FILES:
        assert (root / "UCSDped2" / name).read_bytes() == (reference / FOLDER / name).read_bytes()


def test_a_whole_transfer_is_unpacked_and_not_repeated(site: Site, tmp_path: Path) -> None:
    root = tmp_path / "new/root"
    assert download_ped2(root, site.url, SIZE, SHA256) == root / "UCSDped2"
    assert_whole(root, tmp_path / "reference")
    assert download_ped2(root, site.url, SIZE, SHA256) == root / "UCSDped2"
    assert site.asked == [None]


def test_size_and_checksum_may_be_unknown(site: Site, tmp_path: Path) -> None:
    site.announce = False
    download_ped2(tmp_path / "root", site.url)
    assert_whole(tmp_path / "root", tmp_path / "reference")


@pytest.mark.parametrize("announce", [True, False])
def test_a_truncated_transfer_is_resumed_where_it_broke_off(
    site: Site, tmp_path: Path, announce: bool
) -> None:
    site.cut, site.announce = 300_000, announce
    with pytest.raises(UserError, match=f"broke off at 300000 of {SIZE} bytes"):
        download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert names(tmp_path / "root") == {f"{NAME}.part"}
    assert (tmp_path / "root" / f"{NAME}.part").read_bytes() == ARCHIVE[:300_000]
    site.cut = None
    download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert site.asked == [None, "bytes=300000-"]
    assert_whole(tmp_path / "root", tmp_path / "reference")


def test_a_server_without_ranges_is_asked_for_all_again(site: Site, tmp_path: Path) -> None:
    site.ranges = False
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / f"{NAME}.part").write_bytes(ARCHIVE[:1000])
    download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert site.asked == ["bytes=1000-"]
    assert_whole(tmp_path / "root", tmp_path / "reference")


@pytest.mark.parametrize(
    ("size", "asked"), [(SIZE, [None]), (None, [f"bytes={SIZE + 1}-", None])], ids=str
)
def test_a_part_longer_than_the_file_is_dropped(
    site: Site, tmp_path: Path, size: int | None, asked: list[str | None]
) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / f"{NAME}.part").write_bytes(bytes(SIZE + 1))
    download_ped2(tmp_path / "root", site.url, size, SHA256)
    assert site.asked == asked
    assert_whole(tmp_path / "root", tmp_path / "reference")


def test_another_range_than_asked_for_is_refused(site: Site, tmp_path: Path) -> None:
    site.shift = 7
    part = tmp_path / f"{NAME}.part"
    part.write_bytes(ARCHIVE[:1000])
    with pytest.raises(UserError, match=r"bytes 1007-.* from 1000 on were asked for"):
        download_ped2(tmp_path, site.url, SIZE, SHA256)
    assert part.read_bytes() == ARCHIVE[:1000]


def test_another_size_is_refused_before_the_transfer(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"has {SIZE} bytes, but {SIZE + 5} are expected"):
        download_ped2(tmp_path, site.url, SIZE + 5)
    assert names(tmp_path) == set()


def test_more_than_expected_is_refused(site: Site, tmp_path: Path) -> None:
    site.announce, site.data = False, ARCHIVE + bytes(2_000_000)
    with pytest.raises(UserError, match=f"more than the {SIZE} bytes"):
        download_ped2(tmp_path, site.url, SIZE)
    assert (tmp_path / f"{NAME}.part").stat().st_size < SIZE + 300_000
    assert names(tmp_path) == {f"{NAME}.part"}


def test_another_checksum_is_refused_and_nothing_stays(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"SHA-256 {SHA256}, but {'0' * 64} is expected"):
        download_ped2(tmp_path, site.url, SIZE, "0" * 64)
    assert names(tmp_path) == set()


def test_what_is_no_archive_is_refused_and_nothing_stays(site: Site, tmp_path: Path) -> None:
    site.data = b"<html>The data set has moved.</html>"
    with pytest.raises(UserError, match="must be a whole gzipped tar archive"):
        download_ped2(tmp_path, site.url)
    assert names(tmp_path) == set()


def test_a_missing_file_is_named_with_its_status(site: Site, tmp_path: Path) -> None:
    url = site.url + ".zip"
    with pytest.raises(UserError, match=f"{re.escape(url)} with 404 Not Found"):
        download_ped2(tmp_path, url)
    assert names(tmp_path) == set()


def test_an_unreachable_server_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/{NAME}"
    with pytest.raises(UserError, match=f"{re.escape(url)} cannot be read: .*refused"):
        download_ped2(tmp_path, url)
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/a.tar.gz",
        "a.tar.gz",
        "http://",
        "http:///a.tar.gz",
        "http://127.0.0.1",
        "http://127.0.0.1/",
        "http://127.0.0.1:port/a.tar.gz",
        "http://127.0.0.1/two words.tar.gz",
        "http://[::1/a.tar.gz",
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UserError, match=re.escape(url)):
        download_ped2(tmp_path, url)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/a.tar.gz"])
def test_a_redirect_to_another_scheme_is_refused(site: Site, tmp_path: Path, where: str) -> None:
    site.redirect = where
    with pytest.raises(UserError, match=re.escape(where)):
        download_ped2(tmp_path, site.url)
    assert names(tmp_path) == set()


def test_two_at_once_transfer_once(site: Site, tmp_path: Path) -> None:
    root = tmp_path / "root"
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(download_ped2, root, site.url, SIZE, SHA256) for _ in range(2)]
        assert [call.result() for call in calls] == [root / "UCSDped2"] * 2
    assert site.asked == [None]
    assert_whole(root, tmp_path / "reference")


def test_an_interrupted_unpacking_goes_on_without_another_transfer(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vadlit.data.download.unpack_folder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert names(tmp_path / "root") == {f"{NAME}.part"}
    monkeypatch.setattr("vadlit.data.download.unpack_folder", unpack_folder)
    download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert site.asked == [None]
    assert_whole(tmp_path / "root", tmp_path / "reference")


def test_without_room_the_transfer_stays_resumable(site: Site, tmp_path: Path) -> None:
    with room_for_files_of(400_000), pytest.raises(UserError, match=r"^Ped2 in .* make room"):
        download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    part = (tmp_path / "root" / f"{NAME}.part").read_bytes()
    assert 0 < len(part) <= 400_000
    assert part == ARCHIVE[: len(part)]
    download_ped2(tmp_path / "root", site.url, SIZE, SHA256)
    assert site.asked == [None, f"bytes={len(part)}-"]
    assert_whole(tmp_path / "root", tmp_path / "reference")


def test_without_room_to_unpack_nothing_half_written_stays(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(ARCHIVE)
    with room_for_files_of(100_000), pytest.raises(UserError, match=r"^Ped2 in .* make room"):
        download_ped2(tmp_path, site.url, SIZE, SHA256)
    assert names(tmp_path) == {f"{NAME}.part"}


def test_a_root_that_is_a_file_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file")
    with pytest.raises(
        UserError, match=re.escape(f"{tmp_path / 'root'} cannot be written: File exists")
    ):
        download_ped2(tmp_path / "root", site.url)
