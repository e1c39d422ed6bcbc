from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.video.corpus import encode, number_of, pictures
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.frame import Frame
from vadlit.video.resample import Resampled, resample


def at(times: list[float]) -> Iterator[Frame]:
    """Frames whose pixels hold their number."""
    for number, time in enumerate(times):
        yield Frame(number, time, np.full((1, 1, 3), number, np.uint8))


def shown(times: list[float], rate: float) -> list[int]:
    frames = list(resample(at(times), rate))
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert [frame.time for frame in frames] == pytest.approx([n / rate for n in range(len(frames))])
    return [int(frame.image[0, 0, 0]) for frame in frames]


def test_its_own_rate_changes_nothing() -> None:
    assert shown([n / 30 for n in range(100)], 30) == list(range(100))


def test_stamps_rounded_to_milliseconds_neither_drop_nor_repeat() -> None:
    assert shown([round(n / 30, 3) for n in range(100)], 30) == list(range(100))


def test_a_lower_rate_drops() -> None:
    assert shown([n / 30 for n in range(30)], 10) == list(range(0, 30, 3))


def test_halfway_between_two_frames_the_earlier_is_shown() -> None:
    expected = [k // 2 * 3 + k % 2 for k in range(160)]
    assert shown([n / 30 for n in range(240)], 20) == expected


def test_a_higher_rate_repeats() -> None:
    assert shown([n / 10 for n in range(4)], 20) == [0, 0, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("rate", [3.0, 7.5, 25.0, 29.97, 60.0])
def test_of_varying_stamps_the_nearest_is_shown(rate: float) -> None:
    times = np.cumsum(np.random.default_rng(0).exponential(0.04, 60))
    times -= times[0]
    numbers = shown(times.tolist(), rate)
    instants = np.arange(len(numbers)) / rate
    nearest = np.abs(instants[:, None] - times).argmin(1)
    assert numbers == nearest.tolist()
    assert instants[-1] + 1 / rate > times[-1]


def test_one_frame_is_shown_once_and_none_never() -> None:
    assert shown([0.0], 30) == [0]
    assert shown([], 30) == []


def test_a_frame_waits_for_no_more_than_the_next() -> None:
    taken = []

    def live() -> Iterator[Frame]:
        for frame in at([0.0, 0.1, 0.2]):
            taken.append(frame.index)
            yield frame

    next(resample(live(), 10))
    assert taken == [0, 1]


def test_footage_keeps_its_name_and_files_and_starts_anew(tmp_path: Path) -> None:
    video = VideoFile(encode(tmp_path / "belt.mp4", "libx264", pictures(10)))
    footage = Resampled(video, 5)
    for _ in range(2):
        assert [number_of(frame.image) for frame in footage.frames()] == [0, 5]
    assert (footage.name, footage.files, footage.skipped) == ("belt", video.files, 0)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), True])
def test_a_rate_is_a_positive_number(rate: float) -> None:
    with pytest.raises(UserError, match=rf"rate is {rate}; allowed is a number of frames"):
        Resampled(VideoFile(Path("a.mp4")), rate)
