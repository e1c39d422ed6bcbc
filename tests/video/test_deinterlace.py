from pathlib import Path

import av
import numpy as np

from tests.video.corpus import HEIGHT, WIDTH, Image, encode, pictures
from vadlit.video.deinterlace import deinterlaced
from vadlit.video.file import VideoFile


def test_interlaced_pictures_lose_their_combs(tmp_path: Path) -> None:
    def woven(number: int) -> Image:
        image = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
        for field in (0, 1):  # a bar that moves by 8 pixels from field to field
            x = 16 * number + 8 * field
            image[field::2, x : x + 16] = 220
        return image

    def combs(image: Image) -> float:
        rows = image[..., 1].astype(int)
        return float(np.abs(2 * rows[1:-1] - rows[:-2] - rows[2:]).mean())

    frames = [av.VideoFrame.from_ndarray(woven(n), format="rgb24") for n in range(5)]
    options = {"crf": "5", "x264-params": "interlaced=1"}
    path = encode(tmp_path / "a.mp4", "libx264", frames, options=options)
    images = list(VideoFile.open(path))
    assert len(images) == 5
    for number, image in enumerate(images):
        assert combs(woven(number)) > 20
        assert combs(image) < 5


def test_sizes_may_change_among_interlaced_pictures(tmp_path: Path) -> None:
    decoded = []
    for height, width in ((64, 96), (80, 128)):
        frames = pictures(3, height, width)
        options = {"x264-params": "interlaced=1"}
        path = encode(tmp_path / f"{width}.mp4", "libx264", frames, options=options)
        with av.open(str(path)) as file:
            decoded += list(file.decode(video=0))
    whole = list(deinterlaced(decoded))
    assert [(frame.height, frame.width) for frame in whole] == [(64, 96)] * 3 + [(80, 128)] * 3
    assert [frame.time for frame in whole] == [frame.time for frame in decoded]


def test_progressive_pictures_pass_untouched() -> None:
    frames = pictures(3)
    assert all(a is b for a, b in zip(deinterlaced(frames), frames, strict=True))
