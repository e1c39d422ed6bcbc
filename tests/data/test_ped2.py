import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FRAMES, TEST, TRAIN, TRUTH
from tests.data.contract import DataModuleContract, Make, settings
from tests.data.footage import MeanEncoder
from tests.data.site import Site, served
from vadlit.data.download import FOLDER
from vadlit.data.events import Event
from vadlit.data.ped2 import OFFICIAL, REPACK, Ped2, find_layout, read_truth
from vadlit.data.sequences import SequenceDataset
from vadlit.data.store import StoredEvent
from vadlit.errors import UserError

SUBSETS: dict[str, dict[str, Any]] = {
    "few": {"train": ["01"], "val": ["03"], "test": ["02"], "frames": 9, "sequences": 6},
    "three": {"test": ["03"]},
}


def make_ped2(root: Path, cache_dir: Path, **changed: Any) -> Ped2:
    usual = {
        "root": str(root),
        "held_out": ["04"],
        "subset": None,
        "subsets": SUBSETS,
        "download": False,
        "url": "http://127.0.0.1:9/none.tar.gz",
        "archive_bytes": None,
        "archive_sha256": None,
    }
    return Ped2(**settings(cache_dir, {**usual, **changed}))


class Contract(DataModuleContract):
    @pytest.fixture
    def root(self) -> Path:
        raise NotImplementedError

    @pytest.fixture
    def make(self, root: Path, tmp_path: Path) -> Make:
        return lambda **changed: make_ped2(root, tmp_path / "cache", **changed)


class TestOfficial(Contract):
    @pytest.fixture
    def root(self, ped2_official: Path) -> Path:
        return ped2_official


class TestRepack(Contract):
    @pytest.fixture
    def root(self, ped2_repack: Path) -> Path:
        return ped2_repack


@pytest.fixture(params=["ped2_official", "ped2_repack"])
def root(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the data set, to be broken."""
    return shutil.copytree(root, tmp_path / "copy")


def names(events: tuple[Event, ...]) -> list[str]:
    return [event.name for event in events]


def pixels(files: tuple[Path, ...]) -> list[list[int]]:
    """Where each mask is not zero."""
    return [np.flatnonzero(np.asarray(Image.open(file))).tolist() for file in files]


def test_both_layouts_tell_the_same(ped2_official: Path, ped2_repack: Path, tmp_path: Path) -> None:
    official, repack = (make_ped2(root, tmp_path).read() for root in (ped2_official, ped2_repack))
    for ours, theirs in (
        (official.train, repack.train),
        (official.val, repack.val),
        (official.test, repack.test),
    ):
        assert names(ours) == names(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert len(one.frames) == len(other.frames) == FRAMES
            assert np.array_equal(one.labels(), other.labels())
            assert one.anomalous == other.anomalous
            assert (one.masks is None) == (other.masks is None)
            assert pixels(one.masks or ()) == pixels(other.masks or ())
            for frame, compressed in zip(one.frames, other.frames, strict=True):
                assert np.abs(frame.astype(int) - compressed).mean() < 12


def test_splits_and_labels_are_those_written(root: Path, tmp_path: Path) -> None:
    splits = make_ped2(root, tmp_path).read()
    assert names(splits.train) == ["01", "02", "03"]
    assert names(splits.val) == ["04"]
    assert names(splits.test) == list(TEST)
    for event, (first, last) in zip(splits.test, TRUTH, strict=True):
        expected = [first <= number <= last for number in range(1, FRAMES + 1)]
        assert event.labels().tolist() == expected


@pytest.mark.parametrize(
    ("held_out", "train"),
    [
        (["01"], ["02", "03", "04"]),
        (["04", "02"], ["01", "03"]),
        (["01", "02", "03"], ["04"]),
        ("03", ["01", "02", "04"]),
    ],
    ids=str,
)
def test_held_out_clips_validate_and_the_others_train(
    root: Path, tmp_path: Path, held_out: list[str] | str, train: list[str]
) -> None:
    splits = make_ped2(root, tmp_path, held_out=held_out).read()
    assert names(splits.val) == ([held_out] if isinstance(held_out, str) else held_out)
    assert names(splits.train) == train


def test_a_subset_has_its_clips_frames_and_sequences(root: Path, tmp_path: Path) -> None:
    data = make_ped2(root, tmp_path, subset="few")
    splits = data.read()
    assert [names(split) for split in (splits.train, splits.val, splits.test)] == [
        ["01"],
        ["03"],
        ["02"],
    ]
    for event in (*splits.train, *splits.val, *splits.test):
        assert len(event.frames) == len(event.labels()) == 9
    assert len(splits.test[0].masks or ()) == 9
    assert splits.test[0].labels().tolist() == [False] * 7 + [True] * 2
    data.attach(MeanEncoder(), ["fine"], augmented=False)
    data.setup("fit")
    assert sum(len(batch["target"]) for batch in data.train_dataloader()) == 6


def test_what_a_subset_leaves_open_is_as_without_it(root: Path, tmp_path: Path) -> None:
    data = make_ped2(root, tmp_path, subset="three", sequences=7)
    splits = data.read()
    assert names(splits.train) == ["01", "02", "03"]
    assert names(splits.val) == ["04"]
    assert names(splits.test) == ["03"]
    assert len(splits.test[0].frames) == FRAMES
    assert data.sequences == 7


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"subset": "most"}, r"data\.subset is 'most'; allowed are few, three, null\."),
        ({"held_out": ["99"]}, r"data\.held_out is \['99'\]; allowed are .*\['01', .*'04'\]"),
        ({"held_out": ["01", "99"]}, r"data\.held_out is \['01', '99'\];"),
        ({"held_out": [4]}, r"data\.held_out is \[4\];"),
        ({"held_out": 4}, r"data\.held_out is \[4\];"),
        ({"held_out": []}, r"data\.held_out is \[\]; allowed are one or more"),
        ({"held_out": None}, r"data\.held_out is \[None\];"),
        ({"held_out": ["04", "04"]}, r"data\.held_out is \['04', '04'\];"),
        ({"held_out": list(TRAIN)}, r"data\.held_out is .*; allowed is to leave clips to train on"),
    ],
    ids=str,
)
def test_an_unknown_name_is_a_sentence(
    root: Path, tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        make_ped2(root, tmp_path, **changed).read()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"train": ["9"]}, r"data\.subsets\.own\.train is \['9'\]; allowed are"),
        ({"test": ["04"]}, r"data\.subsets\.own\.test is \['04'\]; allowed are .*'03'\]"),
        ({"val": []}, r"data\.subsets\.own\.val is \[\];"),
        ({"train": ["03"], "val": ["03"]}, r"own\.train is \['03'\]; allowed .*'02', '04'\]"),
        ({"frames": 4}, r"data\.subsets\.own\.frames is 4; allowed is 5 or more"),
        ({"frames": 0}, r"data\.subsets\.own\.frames is 0;"),
        ({"frames": "many"}, r"data\.subsets\.own\.frames is many;"),
        ({"sequence": 4}, r"data\.subsets\.own\.sequence is unknown; allowed are .*sequences"),
        ({"sequences": 0}, r"data\.sequences is 0;"),
    ],
    ids=str,
)
def test_a_bad_subset_is_a_sentence(
    root: Path, tmp_path: Path, chosen: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        make_ped2(root, tmp_path, subset="own", subsets={"own": chosen}).read()


def test_the_truth_is_counted_from_zero_with_both_ends(tmp_path: Path) -> None:
    file = tmp_path / "UCSDped2.m"
    file.write_bytes(
        b"TestVideoFile = {};\r\nTestVideoFile{end+1}.gt_frame = [61:180];\r\n"
        b"TestVideoFile{end+1}.gt_frame=[ 1 : 146 ];\nTestVideoFile{end+1}.gt_frame = [7:7];"
    )
    assert read_truth(file) == [(60, 179), (0, 145), (6, 6)]


def test_a_layout_is_found_in_its_folder_or_that_of_the_download(
    ped2_official: Path, ped2_repack: Path, tmp_path: Path
) -> None:
    assert find_layout(ped2_official) == (ped2_official, OFFICIAL)
    assert find_layout(ped2_repack) == (ped2_repack, REPACK)
    (tmp_path / "UCSDped2").symlink_to(ped2_official)
    assert find_layout(tmp_path) == (tmp_path / "UCSDped2", OFFICIAL)


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


def counted(events: tuple[Event, ...]) -> int:
    """Sequences in events, whatever the frames hold."""
    return len(SequenceDataset([StoredEvent(event, {}) for event in events]))


@pytest.mark.ped2
def test_the_real_footage_has_its_published_size(ped2: Path, tmp_path: Path) -> None:
    splits = make_ped2(ped2, tmp_path, held_out=["15", "16"]).read()
    assert names(splits.train) == [f"{number:02}" for number in range(1, 15)]
    assert names(splits.test) == [f"{number:02}" for number in range(1, 13)]
    assert sum(len(event.frames) for event in splits.train + splits.val) == 2550
    assert sum(len(event.frames) for event in splits.test) == 2010
    assert counted(splits.train + splits.val) == 2486
    assert counted(splits.test) == 1962


@pytest.mark.ped2
@pytest.mark.slow
def test_the_real_labels_are_where_the_real_masks_are(ped2: Path, tmp_path: Path) -> None:
    for event in make_ped2(ped2, tmp_path).read().test:
        assert event.masks is not None
        drawn = [np.asarray(Image.open(mask)).any() for mask in event.masks]
        assert drawn == event.labels().tolist(), event.name


@pytest.mark.ped2
def test_real_frames_are_240x360(ped2: Path, tmp_path: Path) -> None:
    for event in make_ped2(ped2, tmp_path).read().test[:2]:
        shapes = {frame.shape for frame in event.shortened(5).frames}
        assert shapes == {(240, 360, 3)}
