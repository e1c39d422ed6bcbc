"""Ped2 that is missing, broken or yet to be fetched."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import TEST, TRAIN
from tests.data.pedestrians import make_ped2, names
from tests.data.site import Site, served
from vadlit.data.download import FOLDER
from vadlit.errors import UserError


@pytest.fixture(params=["ped2_official", "ped2_repack"])
def root(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the data set, to be broken."""
    return shutil.copytree(root, tmp_path / "copy")


def test_a_folder_without_ped2_is_named_with_both_layouts(tmp_path: Path) -> None:
    for missing in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError, match=rf"no Ped2 in {missing};.* Train and Test .* testing"):
            make_ped2(missing, tmp_path).read()


def test_other_folders_and_files_do_not_matter(copy: Path, tmp_path: Path) -> None:
    for folder in ("Train", "Test", "training/frames", "testing/frames"):
        if (copy / folder).is_dir():
            (copy / folder / ".thumbnails").mkdir()
            (copy / folder / "notes").mkdir()
            (copy / folder / "._01").write_text("x")
    splits = make_ped2(copy, tmp_path).read()
    assert names(splits.train + splits.val) == list(TRAIN)
    assert names(splits.test) == list(TEST)


def clip(root: Path, name: str, *, masks: bool = False) -> Path:
    """The folder of a test clip, or of its masks, in either layout."""
    if (root / "Test").is_dir():
        return root / "Test" / f"Test0{name}{'_gt' if masks else ''}"
    return root / "testing" / ("masks" if masks else "frames") / name


@pytest.mark.parametrize("name", ["01", "03"])
def test_a_missing_test_clip_is_told(copy: Path, tmp_path: Path, name: str) -> None:
    shutil.rmtree(clip(copy, name))
    left = [other for other in TEST if other != name]
    with pytest.raises(UserError) as told:
        make_ped2(copy, tmp_path).read()
    assert f"UCSDped2.m states anomalous ranges of the test clips {list(TEST)}" in str(told.value)
    assert str(left) in str(told.value)


def test_a_clip_without_a_range_is_told(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(clip(copy, "01"), clip(copy, "04"))
    with pytest.raises(UserError, match=r"UCSDped2\.m states .* are \['01', '02', '03', '04'\]"):
        make_ped2(copy, tmp_path).read()


def test_a_missing_frame_or_mask_is_told(copy: Path, tmp_path: Path) -> None:
    next(iter(clip(copy, "02").iterdir())).unlink()
    with pytest.raises(UserError, match=rf"{clip(copy, '02')} has 11 frames but 12 masks"):
        make_ped2(copy, tmp_path).read()
    for file in list(clip(copy, "02", masks=True).iterdir())[:2]:
        file.unlink()
    with pytest.raises(UserError, match=rf"{clip(copy, '02')} has 11 frames but 10 masks"):
        make_ped2(copy, tmp_path).read()


def test_missing_masks_are_told(copy: Path, tmp_path: Path) -> None:
    shutil.rmtree(clip(copy, "02", masks=True))
    with pytest.raises(UserError, match=rf"no folder of frames {clip(copy, '02', masks=True)}"):
        make_ped2(copy, tmp_path).read()


def test_an_empty_clip_is_told(copy: Path, tmp_path: Path) -> None:
    for file in clip(copy, "02").iterdir():
        file.unlink()
    with pytest.raises(UserError, match=rf"{clip(copy, '02')} holds no frames"):
        make_ped2(copy, tmp_path).read()


def test_a_range_beyond_the_clip_is_told(copy: Path, tmp_path: Path) -> None:
    (truth,) = copy.rglob("UCSDped2.m")
    truth.write_text(truth.read_text().replace("[8:12]", "[8:13]"))
    with pytest.raises(UserError, match=rf"\[7, 12\] in {truth} .* lie in 0 to 11"):
        make_ped2(copy, tmp_path).read()


@pytest.fixture
def site(ped2_official: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server of the synthetic data set as the official archive."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(ped2_official, FOLDER)
    with served() as site:
        site.data = buffer.getvalue()
        yield site


def test_a_missing_data_set_is_fetched_when_asked_for(
    site: Site, ped2_official: Path, tmp_path: Path
) -> None:
    root, cache = tmp_path / "data/ped2", tmp_path / "cache"
    make_ped2(root, cache, url=site.url).prepare_data()
    assert not root.exists()
    data = make_ped2(root, cache, url=site.url, download=True, archive_bytes=len(site.data))
    for _ in range(2):
        data.prepare_data()
    assert site.asked == [None]
    downloaded, written = data.read(), make_ped2(ped2_official, cache).read()
    assert names(downloaded.train) == names(written.train)
    for one, other in zip(downloaded.test, written.test, strict=True):
        assert one.anomalous == other.anomalous
        assert all(map(np.array_equal, one.frames, other.frames))


def test_a_data_set_that_is_there_is_not_fetched(site: Site, root: Path, tmp_path: Path) -> None:
    make_ped2(root, tmp_path, url=site.url, download=True).prepare_data()
    assert site.asked == []


@pytest.mark.parametrize("wrong", [{"archive_bytes": 5}, {"archive_sha256": "0" * 64}], ids=str)
def test_another_archive_is_refused(site: Site, tmp_path: Path, wrong: dict[str, Any]) -> None:
    data = make_ped2(tmp_path / "ped2", tmp_path, url=site.url, download=True, **wrong)
    with pytest.raises(UserError, match=r"expected"):
        data.prepare_data()
    with pytest.raises(UserError, match=r"no Ped2"):
        data.read()
