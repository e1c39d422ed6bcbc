from pathlib import Path

import numpy as np
import pytest

from tests.data.footage import make_event
from vadlit.data.events import Bait, Event, Range, check_ranges
from vadlit.data.frames import Counted
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.folder import FrameFolder


def event(count: int, *anomalous: Range, masks: bool = False, bait: tuple[Bait, ...] = ()) -> Event:
    """An event whose files need not exist."""
    frames = tuple(Path(f"{number}.png") for number in range(count))
    drawn = tuple(Path(f"mask{number}.png") for number in range(count))
    return Event("walk", FrameFolder(frames), anomalous, drawn if masks else None, bait)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], "........."),
        ([(0, 0)], "x........"),
        ([(8, 8)], "........x"),
        ([(2, 4)], "..xxx...."),
        ([(0, 1), (3, 3), (7, 8)], "xx.x...xx"),
        ([(0, 8)], "xxxxxxxxx"),
    ],
)
def test_labels_take_in_both_ends_of_a_range(ranges: list[Range], expected: str) -> None:
    labels = event(9, *ranges).labels()
    assert labels.dtype == np.bool_
    assert "".join("x" if label else "." for label in labels) == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 8])
def test_a_shortened_event_is_the_beginning_of_the_whole(limit: int) -> None:
    whole = event(9, (1, 2), (4, 7), masks=True)
    short = whole.shortened(limit)
    assert short.name == whole.name
    assert len(short.frames) == limit
    assert short.masks == (whole.masks or ())[:limit]
    assert np.array_equal(short.labels(), whole.labels()[:limit])
    assert check_ranges(short.anomalous, limit, Path("labels")) == short.anomalous


def test_a_shortened_event_yields_its_first_frames(tmp_path: Path) -> None:
    whole = make_event(tmp_path, "walk", 7)
    short = list(whole.shortened(5).shortened(3).frames)
    assert len(short) == 3
    assert all(map(np.array_equal, short, whole.frames))


def test_bait_is_shortened_with_its_event() -> None:
    whole = event(9, bait=((0, 1, "lamp"), (1, 6, "shadow"), (6, 8, "lamp")))
    assert whole.shortened(4).bait == ((0, 1, "lamp"), (1, 3, "shadow"))
    assert not whole.labels().any()


def test_the_place_of_footage_is_a_folder_or_a_video() -> None:
    frames = FrameFolder((Path("/line/a/0.JPG"), Path("/line/a/1.png")))
    assert Event("a", frames).place == Path("/line/a")
    assert Event("a", FrameFolder(frames.files[:1])).place == Path("/line/a")
    video = VideoFile(Path("/line/b.mp4"))
    assert Event("b", video).place == Event("b", Counted(video, 9)).place == Path("/line/b.mp4")


@pytest.mark.parametrize("limit", [None, 9, 10])
def test_an_event_that_is_short_enough_stays(limit: int | None) -> None:
    whole = event(9, (4, 8))
    assert whole.shortened(limit) == whole


def test_without_masks_a_shortened_event_has_none() -> None:
    assert event(9, (4, 8)).shortened(5).masks is None


@pytest.mark.parametrize(
    "ranges", [[], [(0, 8)], [(0, 0), (1, 1), (8, 8)], [(3, 5), (6, 7)]], ids=str
)
def test_ranges_in_order_and_apart_pass(ranges: list[Range]) -> None:
    assert check_ranges(ranges, 9, Path("labels.json")) == tuple(ranges)


@pytest.mark.parametrize(
    ("ranges", "bad"),
    [
        ([(5, 4)], r"\[5, 4\]"),
        ([(-1, 3)], r"\[-1, 3\]"),
        ([(0, 9)], r"\[0, 9\]"),
        ([(9, 9)], r"\[9, 9\]"),
        ([(0, 3), (3, 5)], r"\[3, 5\]"),
        ([(4, 5), (0, 2)], r"\[0, 2\]"),
    ],
)
def test_other_ranges_are_named_with_their_file(ranges: list[Range], bad: str) -> None:
    with pytest.raises(UserError, match=rf"range {bad} in /data/labels\.json .* lie in 0 to 8"):
        check_ranges(ranges, 9, Path("/data/labels.json"))


def test_ranges_of_another_kind_are_named_by_it() -> None:
    with pytest.raises(UserError, match=r"The bait range \[5, 4\] in"):
        check_ranges([(5, 4)], 9, Path("labels.json"), "bait")
