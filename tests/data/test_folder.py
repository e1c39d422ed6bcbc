import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from tests.data.contract import DataModuleContract, Make, settings
from tests.data.footage import MeanEncoder, make_event, make_video
from tests.test_conf import composed
from vadlit.data.folder import Folder
from vadlit.data.labels import Labels, write_labels
from vadlit.data.module import Splits
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.find import VIDEO_SUFFIXES


def write_footage(root: Path) -> Path:
    """Videos and folders, with labels and without."""
    for name, count in (("cam2", 7), ("cam10", 9)):
        make_event(root / "train", name, count)
    write_labels(root / "train" / "cam2" / "labels.json", Labels(30.0))
    make_video(root / "train", "cam9", 8)
    make_video(root / "val", "day", 12)
    write_labels(root / "val" / "day.json", Labels(30.0, (), ((3, 5, "lamp"),)))
    make_event(root / "val", "night", 6)
    make_video(root / "test", "fallen.can", 11)
    write_labels(
        root / "test" / "fallen.can.json",
        Labels(30.0, ((2, 3), (8, 10)), ((0, 9, "lamp"), (4, 6, "shadow"))),
    )
    make_event(root / "test", "missed", 8)
    write_labels(root / "test" / "missed" / "labels.json", Labels(None, ((0, 4),)))
    make_video(root / "test", "normal", 6)
    return root


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    return write_footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture
def root(footage: Path, tmp_path: Path) -> Path:
    """A copy, to be changed."""
    return shutil.copytree(footage, tmp_path / "line")


def make_folder(root: Path | str | None, cache_dir: Path, **changed: Any) -> Folder:
    return Folder(root=root if root is None else str(root), **settings(cache_dir, changed))


def read(root: Path | str | None) -> Splits:
    return make_folder(root, Path(str(root)).parent / "cache").read()


class TestFolder(DataModuleContract):
    @pytest.fixture
    def make(self, footage: Path, tmp_path: Path) -> Make:
        return lambda **changed: make_folder(footage, tmp_path / "cache", **changed)


def test_events_are_in_natural_order_with_their_labels(root: Path) -> None:
    splits = read(root)
    assert [event.name for event in splits.train] == ["cam2", "cam9", "cam10"]
    assert [event.name for event in splits.val] == ["day", "night"]
    assert [event.name for event in splits.test] == ["fallen.can", "missed", "normal"]
    assert [len(event.frames) for event in splits.test] == [11, 8, 6]
    assert [event.anomalous for event in splits.test] == [((2, 3), (8, 10)), ((0, 4),), ()]
    assert splits.test[0].bait == ((0, 9, "lamp"), (4, 6, "shadow"))
    assert splits.val[0].bait == ((3, 5, "lamp"),)


def test_the_frames_of_a_video_are_those_it_decodes_to(root: Path) -> None:
    event = read(root).test[0]
    assert event.place == root / "test" / "fallen.can.mp4"
    decoded = list(VideoFile(event.place))
    assert len(decoded) == 11
    assert all(map(np.array_equal, event.frames, decoded))


def test_a_second_start_decodes_no_video(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = root.parent / "cache"
    for stage in ("fit", "test"):
        data = make_folder(root, cache)
        data.attach(MeanEncoder(), ["fine"], augmented=False)
        data.setup(stage)
    expected = [stored.array("frames").clone() for stored in data.test]

    def refuse(self: VideoFile) -> None:
        raise AssertionError(self.path)

    monkeypatch.setattr(VideoFile, "frames", refuse)
    monkeypatch.setattr(VideoFile, "__len__", refuse)
    data = make_folder(root, cache)
    data.attach(MeanEncoder(), ["fine"], augmented=False)
    data.setup("test")
    assert all(map(torch.equal, (stored.array("frames") for stored in data.test), expected))
    assert [len(stored.event.labels()) for stored in data.test] == [11, 8, 6]


def test_another_video_under_the_same_name_is_read_anew(root: Path) -> None:
    make_folder(root, root.parent / "cache").read()
    make_video(root / "test", "normal", 9, seed=1)
    assert len(make_folder(root, root.parent / "cache").read().test[2].frames) == 9


def test_hidden_files_and_folders_do_not_matter(root: Path) -> None:
    expected = [event.name for event in read(root).test]
    for name in (".DS_Store", "._normal.mp4", ".labels.json", "missed/.labels.json"):
        (root / "test" / name).write_text("x")
    (root / "test" / ".thumbnails").mkdir()
    (root / ".trash").mkdir()
    (root / "notes.txt").write_text("x")
    assert [event.name for event in read(root).test] == expected


def test_the_home_folder_may_be_abbreviated(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root.parent))
    assert len(read("~/line").test) == 3


@pytest.mark.parametrize("root", [None, 7], ids=str)
def test_a_root_that_is_not_set_is_told(root: Any, tmp_path: Path) -> None:
    data = Folder(root=root, **settings(tmp_path, {}))
    with pytest.raises(UserError, match=r"data\.root is (null|7); allowed is a folder that holds"):
        data.read()


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_a_missing_split_is_told(root: Path, split: str) -> None:
    shutil.rmtree(root / split)
    with pytest.raises(UserError, match=rf"no folder {root / split}; allowed as data\.root is"):
        read(root)


def test_a_missing_root_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"no folder {tmp_path}/none/train; allowed as data\.root"):
        read(tmp_path / "none")


@pytest.mark.parametrize("left", [(), (".hidden",)], ids=str)
def test_an_empty_split_is_told(root: Path, left: tuple[str, ...]) -> None:
    shutil.rmtree(root / "val")
    (root / "val").mkdir()
    for name in left:
        (root / "val" / name).write_text("x")
    with pytest.raises(UserError, match=rf"The split {root}/val is empty"):
        read(root)


@pytest.mark.parametrize(("split", "name"), [("train", "cam9.json"), ("val", "night/labels.json")])
def test_anomalous_footage_to_train_or_validate_on_is_told(
    root: Path, split: str, name: str
) -> None:
    file = root / split / name
    write_labels(file, Labels(30.0, ((2, 3),)))
    with pytest.raises(UserError, match=rf"{file} states anomalous frames; allowed in train and"):
        read(root)


@pytest.mark.parametrize("name", ["missing.json", "missed.json", "labels.json", "normal.mp4.json"])
def test_labels_of_no_video_are_told(root: Path, name: str) -> None:
    write_labels(root / "test" / name, Labels())
    with pytest.raises(UserError, match=rf"The labels {root}/test/{name} belong to no video"):
        read(root)


def test_labels_by_another_name_in_a_folder_are_told(root: Path) -> None:
    (root / "test/missed/labels.json").rename(root / "test/missed/anomalies.json")
    with pytest.raises(
        UserError, match=rf"{root}/test/missed/anomalies.json is not read; .*labels"
    ):
        read(root)


@pytest.mark.parametrize("name", ["missed/labels.json", "fallen.can.json"])
def test_labels_that_do_not_fit_are_told(root: Path, name: str) -> None:
    file = root / "test" / name
    write_labels(file, Labels(30.0, ((5, 11),)))
    with pytest.raises(UserError, match=rf"range \[5, 11\] in {file} .* lie in 0 to (7|10)\."):
        read(root)
    file.write_text("broken")
    with pytest.raises(UserError, match=rf"The labels {file} are not JSON"):
        read(root)


@pytest.mark.parametrize("name", ["000.jpg", "notes.txt", "Thumbs.db", "normal", "clip.mp4.part"])
def test_a_file_that_is_no_video_is_told(root: Path, name: str) -> None:
    (root / "train" / name).write_text("x")
    with pytest.raises(UserError, match=rf"{root}/train/{name} is no event; allowed are .*\.mp4"):
        read(root)


@pytest.mark.parametrize("name", ["cam9.mov", "cam10.mp4", "cam2.MKV"])
def test_two_events_of_one_name_are_told(root: Path, name: str) -> None:
    shutil.copy(root / "train/cam9.mp4", root / "train" / name)
    with pytest.raises(UserError, match=rf"{name}.* in {root}/train are events of one name"):
        read(root)


@pytest.mark.parametrize("content", [b"", b"no video"], ids=["empty", "text"])
def test_a_broken_video_is_told(root: Path, content: bytes) -> None:
    (root / "test/normal.mp4").write_bytes(content)
    with pytest.raises(UserError, match=f"{root}/test/normal.mp4"):
        read(root)


def test_an_empty_folder_is_told(root: Path) -> None:
    (root / "test" / "again").mkdir()
    with pytest.raises(UserError, match=f"The folder {root}/test/again holds no frames"):
        read(root)


def test_a_video_too_short_for_a_sequence_is_told(root: Path) -> None:
    make_video(root / "train", "short", 4)
    data = make_folder(root, root.parent / "cache")
    data.attach(MeanEncoder(), (), augmented=False)
    with pytest.raises(UserError, match=f"event {root}/train/short.mp4 has 4 frames; allowed is 5"):
        data.setup("fit")


def test_videos_of_any_container_are_events(root: Path) -> None:
    for suffix in VIDEO_SUFFIXES:
        shutil.copy(root / "val/day.mp4", root / "val" / f"{suffix[1:]}{suffix.upper()}")
    assert len(read(root).val) == 2 + len(VIDEO_SUFFIXES)


@pytest.mark.parametrize(("line", "window"), [("can", 1), ("foam", 10), ("feeder", 5)])
def test_the_lines_have_the_settings_of_the_thesis(line: str, window: int) -> None:
    """Sections 3.2, 3.4 and 4.1, table 3.1."""
    config = composed("train", [f"experiment={line}_thesis", "model=skiptwice"])
    assert config.window == window
    assert config.choices.threshold == "sigma"
    assert (config.trainer.max_epochs, config.optimizer.lr) == (10, 3e-4)
    assert config.data.root.endswith(f"/{line}")
    assert list(config.data.size) == [224, 224]
    assert (config.data.sequences, config.data.batch_size, config.data.balance) == (4000, 32, None)
    assert config.study == "lines_thesis"
    assert config.name == f"{line}-skiptwice-none-10"


def test_the_frame_rate_is_that_of_the_labels_else_the_videos(root: Path) -> None:
    write_labels(root / "val" / "day.json", Labels(12.5))
    splits = read(root)
    events = (*splits.train, *splits.val, *splits.test)
    rates = {event.name: event.frame_rate for event in events}
    assert rates["day"] == 12.5
    assert rates["cam2"] == 30.0
    assert rates["missed"] is None
    with av.open(str(root / "test" / "normal.mp4")) as container:
        stated = container.streams.video[0].average_rate
    assert stated is not None
    assert rates["normal"] == float(stated)
