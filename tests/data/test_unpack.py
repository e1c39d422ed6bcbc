import gzip
import io
import tarfile
from pathlib import Path

import pytest

from vadlit.data.unpack import unpack_folder
from vadlit.errors import UserError

FOLDER = "top/wanted"


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def write_archive(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_only_the_wanted_folder_is_unpacked_without_hidden_files(tmp_path: Path) -> None:
    archive = write_archive(
        tmp_path / "a.tar.gz",
        [
            (member("top/wanted/a/1.tif"), b"one"),
            (member("./top/wanted/a/2.tif"), b"two"),
            (member("top/wanted/a/._1.tif"), b"bookkeeping"),
            (member("top/wanted/.DS_Store"), b"bookkeeping"),
            (member("top/wanted_not/3.tif"), b"three"),
            (member("top/other/4.tif"), b"four"),
        ],
    )
    unpack_folder(archive, FOLDER, tmp_path / "target")
    assert names(tmp_path / "target") == {"a", "a/1.tif", "a/2.tif"}
    assert (tmp_path / "target/a/2.tif").read_bytes() == b"two"
    assert names(tmp_path) == {"a.tar.gz", "target", "target/a", "target/a/1.tif", "target/a/2.tif"}


@pytest.mark.parametrize(
    "evil",
    [
        member("../evil"),
        member("top/wanted/../../../evil"),
        member("/evil"),
        member("top/wanted/evil", tarfile.SYMTYPE, "/etc/passwd"),
        member("top/wanted/evil", tarfile.SYMTYPE, "good"),
        member("top/wanted/evil", tarfile.LNKTYPE, "top/wanted/good"),
        member("top/wanted/evil", tarfile.CHRTYPE),
        member("top/wanted/evil", tarfile.FIFOTYPE),
    ],
    ids=lambda info: f"{info.name}-{info.type.decode()}-{info.linkname}",
)
def test_unsafe_members_are_refused_and_nothing_stays(
    tmp_path: Path, evil: tarfile.TarInfo
) -> None:
    inside = tmp_path / "a/b/c"
    inside.mkdir(parents=True)
    archive = write_archive(
        inside / "a.tar.gz", [(member("top/wanted/good"), b"good"), (evil, b"")]
    )
    with pytest.raises(UserError, match=r"unsafe member '.*evil'"):
        unpack_folder(archive, FOLDER, inside / "target")
    assert names(tmp_path) == {"a", "a/b", "a/b/c", "a/b/c/a.tar.gz"}


def test_a_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.tar.gz", [(member("top/wanted/zeros"), bytes(5_000_000))])
    assert archive.stat().st_size < 10_000
    with pytest.raises(UserError, match="more than 4000000 bytes"):
        unpack_folder(archive, FOLDER, tmp_path / "target", max_bytes=4_000_000)
    assert names(tmp_path) == {"a.tar.gz"}
    unpack_folder(archive, FOLDER, tmp_path / "target", max_bytes=6_000_000)


def test_a_bomb_in_what_is_left_out_is_refused_too(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.tar.gz", [(member("top/other"), bytes(5_000_000))])
    with pytest.raises(UserError, match="more than 4000000 bytes"):
        unpack_folder(archive, FOLDER, tmp_path / "target", max_bytes=4_000_000)


def whole(path: Path) -> bytes:
    content = bytes(range(256)) * 400
    return write_archive(
        path, [(member(f"top/wanted/{i}"), content) for i in range(9)]
    ).read_bytes()


def test_damage_is_named_and_nothing_stays(tmp_path: Path) -> None:
    data = whole(tmp_path / "a.tar.gz")
    damaged = {
        "page": b"<html>moved</html>",
        "empty": b"",
        "truncated": data[: len(data) // 2],
        "flipped": data[:200] + bytes([data[200] ^ 255]) + data[201:],
        "not tar": gzip.compress(b"no archive" * 1000),
        "cut tar": gzip.compress(gzip.decompress(data)[:150_000]),
    }
    for what, content in damaged.items():
        archive = tmp_path / "a.tar.gz"
        archive.write_bytes(content)
        with pytest.raises(UserError, match="must be a whole gzipped tar archive"):
            unpack_folder(archive, FOLDER, tmp_path / "target")
        assert names(tmp_path) == {"a.tar.gz"}, what


def test_an_archive_without_the_folder_is_named(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.tar.gz", [(member("top/other/1"), b"one")])
    with pytest.raises(UserError, match="has no folder top/wanted"):
        unpack_folder(archive, FOLDER, tmp_path / "target")


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = tarfile.TarFile.extract

    def interrupted(tar: tarfile.TarFile, info: tarfile.TarInfo, path: Path, filter: str) -> None:
        extract(tar, info, path, filter="data")
        if info.name.endswith("3"):
            raise KeyboardInterrupt

    whole(tmp_path / "a.tar.gz")
    monkeypatch.setattr(tarfile.TarFile, "extract", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack_folder(tmp_path / "a.tar.gz", FOLDER, tmp_path / "target")
    assert names(tmp_path) == {"a.tar.gz"}


def test_what_a_killed_run_left_is_not_mixed_in(tmp_path: Path) -> None:
    left = tmp_path / ".target.unpacking/top/wanted/left"
    left.parent.mkdir(parents=True)
    left.write_text("left")
    archive = write_archive(tmp_path / "a.tar.gz", [(member("top/wanted/1"), b"one")])
    unpack_folder(archive, FOLDER, tmp_path / "target")
    assert names(tmp_path) == {"a.tar.gz", "target", "target/1"}
