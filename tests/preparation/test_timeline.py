from pathlib import Path

import numpy as np
import pytest

from tests.preparation.footage import numbered, write_video
from vadlit.errors import UserError
from vadlit.preparation.timeline import Timeline, even, of_video
from vadlit.video.file import VideoFile
from vadlit.video.frame import Frame
from vadlit.video.resample import resample


@pytest.mark.parametrize("rate", [1, 5, 7.5, 10, 12.3, 30, 60])
@pytest.mark.parametrize("even_times", [True, False])
def test_picks_are_what_resampling_shows(rate: float, even_times: bool) -> None:
    generator = np.random.default_rng(0)
    gaps = np.full(60, 0.1) if even_times else generator.uniform(0.01, 0.3, 60)
    times = np.concatenate(([0.0], np.cumsum(gaps)))
    frames = [Frame(n, float(t), np.full((1, 1, 3), n, np.uint8)) for n, t in enumerate(times)]
    shown = [int(frame.image[0, 0, 0]) for frame in resample(frames, rate)]
    assert Timeline(times, 10).picks(rate).tolist() == shown


def test_without_a_rate_each_frame_once() -> None:
    assert even(4, 30).picks(None).tolist() == [0, 1, 2, 3]
    assert even(1, 30).picks(30).tolist() == [0]


def test_a_video_without_decoding(tmp_path: Path) -> None:
    file = write_video(tmp_path / "a:b.mp4", [numbered(n) for n in range(25)], 12.5)
    line = of_video(file)
    decoded = [frame.time for frame in VideoFile(file).frames()]
    np.testing.assert_allclose(line.times, decoded, atol=1e-6)
    assert line.rate == 12.5
    assert line.seconds == pytest.approx(2)


def test_no_video(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(bytes(1000))
    with pytest.raises(UserError, match=r"a\.mp4 cannot be read as a video"):
        of_video(file)
