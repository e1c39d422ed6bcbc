from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from PIL import Image

from tests.conftest import FRAMES, TEST, TRAIN, TRUTH
from tests.data.contract import DataModuleContract, Make
from tests.data.pedestrians import make_ped2, names
from tests.test_conf import composed
from vadlit.data.events import Event
from vadlit.data.ped2 import OFFICIAL, REPACK, find_layout, read_truth
from vadlit.data.sequences import SequenceDataset
from vadlit.data.store import StoredEvent
from vadlit.errors import UserError


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


def test_a_subset_has_its_clips_and_frames(root: Path, tmp_path: Path) -> None:
    splits = make_ped2(root, tmp_path, subset="few").read()
    assert [names(split) for split in (splits.train, splits.val, splits.test)] == [
        ["01"],
        ["03"],
        ["02"],
    ]
    for event in (*splits.train, *splits.val, *splits.test):
        assert len(event.frames) == len(event.labels()) == len(list(event.frames)) == 9
    assert len(splits.test[0].masks or ()) == 9
    assert splits.test[0].labels().tolist() == [False] * 7 + [True] * 2


def test_what_a_subset_leaves_open_is_as_without_it(root: Path, tmp_path: Path) -> None:
    splits = make_ped2(root, tmp_path, subset="three").read()
    assert names(splits.train) == ["01", "02", "03"]
    assert names(splits.val) == ["04"]
    assert names(splits.test) == ["03"]
    assert len(splits.test[0].frames) == FRAMES


@pytest.mark.parametrize(
    ("overrides", "sequences"),
    [
        ([], 4000),
        (["data.subset=smoke"], 64),
        (["data.subset=smoke", "data.sequences=7"], 7),
        (["experiment=ped2_smoke", "data.sequences=7"], 7),
        (["data.subset=own", "+data.subsets.own={frames: 9}"], 4000),
        (["data.subset=own", "+data.subsets.own={sequences: 5}"], 5),
    ],
    ids=str,
)
def test_a_subset_states_sequences_unless_they_are_set(
    overrides: list[str], sequences: int
) -> None:
    data = instantiate(composed("train", overrides).data, _convert_="all")
    assert data.sequences == sequences


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
        (None, r"data\.subsets\.own is null; allowed are values for some of .*frames"),
        (["01"], r"data\.subsets\.own is \['01'\];"),
        ({"sequence": 4}, r"data\.subsets\.own\.sequence is unknown; allowed are .*sequences"),
    ],
    ids=str,
)
def test_a_bad_subset_is_a_sentence(
    root: Path, tmp_path: Path, chosen: object, message: str
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
