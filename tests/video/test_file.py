import os
import resource
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from tests.video.corpus import (
    assert_as_drawn,
    encode,
    intra,
    number_of,
    packets,
    pictures,
    sound,
)
from vadlit.config import data_root
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.footage import open_footage

KINDS: dict[str, Callable[[Path], Path]] = {
    "h264": lambda d: encode(d / "a.mp4", "libx264", pictures(12)),
    "h264 mkv": lambda d: encode(d / "a.mkv", "libx264", pictures(12)),
    "h264 ts": lambda d: encode(d / "a.ts", "libx264", pictures(12), options={"bf": "0"}),
    "hevc": lambda d: encode(d / "a.mp4", "libx265", pictures(12)),
    "hevc 10 bit": lambda d: encode(d / "a.mp4", "libx265", pictures(12), pixels="yuv420p10le"),
    "h264 10 bit": lambda d: encode(d / "a.mp4", "libx264", pictures(12), pixels="yuv420p10le"),
    "h264 4:4:4": lambda d: encode(d / "a.mp4", "libx264", pictures(12), pixels="yuv444p"),
    "odd": lambda d: encode(d / "a.mp4", "libx264", pictures(12, 65, 97), pixels="yuv444p"),
    "odd 4:2:0": lambda d: encode(d / "a.webm", "libvpx-vp9", pictures(12, 65, 97)),
    "prores": lambda d: encode(d / "a.mov", "prores_ks", pictures(12), pixels="yuv422p10le"),
    "vp8": lambda d: encode(d / "a.webm", "libvpx", pictures(12), options={"b": "1M"}),
    "vp8 alpha": lambda d: encode(
        d / "a.webm",
        "libvpx",
        pictures(12),
        pixels="yuva420p",
        options={"b": "1M", "auto-alt-ref": "0"},
    ),
    "mov alpha": lambda d: encode(d / "a.mov", "qtrle", pictures(12), pixels="argb"),
    "apng alpha": lambda d: encode(d / "a.apng", "apng", pictures(12), pixels="rgba"),
    "mpeg4 avi": lambda d: encode(d / "a.avi", "mpeg4", pictures(12), options={"b": "2M"}),
    "mjpeg avi": lambda d: encode(d / "a.avi", "mjpeg", pictures(12), pixels="yuvj420p"),
    "ffv1": lambda d: encode(d / "a.mkv", "ffv1", pictures(12), pixels="yuv444p"),
    "one frame": lambda d: encode(d / "a.mp4", "libx264", pictures(1)),
    "named avi": lambda d: encode(d / "a.avi", "libx264", pictures(12), container="mp4"),
    "named txt": lambda d: encode(d / "a.txt", "libx264", pictures(12), container="mp4"),
    "named png": lambda d: encode(d / "a.png", "libx264", pictures(12), container="mp4"),
    "no ending": lambda d: encode(d / "a", "libx264", pictures(12), container="mp4"),
    "interlaced": lambda d: encode(
        d / "a.mp4", "libx264", pictures(12), options={"x264-params": "interlaced=1"}
    ),
    "interlaced mpeg2": lambda d: encode(
        d / "a.mpg", "mpeg2video", pictures(12), options={"flags": "+ildct+ilme", "b": "4M"}
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_what_was_drawn(tmp_path: Path, kind: str) -> None:
    path = KINDS[kind](tmp_path)
    assert_as_drawn(VideoFile.open(path), 1 if kind == "one frame" else 12)


def test_gif_gives_what_was_drawn(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.gif", "gif", pictures(12), pixels="rgb8")  # 3, 3 and 2 bits
    assert_as_drawn(VideoFile.open(path), 12, tolerance=48)


@pytest.mark.parametrize(
    "name",
    ["with  spaces.mp4", "Förderband_日本.mp4", "12:30:05.mp4", "50%d #1 [x]?.mp4", "-i.mp4"],
)
def test_names_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / "a.mp4", "libx264", pictures(3)).rename(tmp_path / name)
    assert_as_drawn(VideoFile.open(path), 3)


def test_a_colon_begins_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode(tmp_path / "a.mp4", "libx264", pictures(3)).rename(tmp_path / "http:05.mp4")
    monkeypatch.chdir(tmp_path)
    assert_as_drawn(VideoFile.open(Path("http:05.mp4")), 3)


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        VideoFile.open(path)
    with pytest.raises(UserError) as later:
        len(VideoFile(path))
    assert str(later.value) == str(caught.value)
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    assert refused(path) == f"There is no video file {path}."


def test_a_name_too_long_for_any_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 300 + ".mp4")
    assert refused(path) == f"There is no video file {path}."
    with pytest.raises(UserError, match="There is no video file"):
        open_footage(path)


def test_a_folder_is_no_video_file(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} is not a file; allowed is a video file."


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    assert refused(path) == f"The file {path} is empty."


def test_sound_alone_is_named(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.mp4")
    assert refused(path) == f"The file {path} has no video stream."


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    song = sound(tmp_path / "song.mp4")
    cover = encode(tmp_path / "cover.jpg", "mjpeg", pictures(1), pixels="yuvj420p")
    with av.open(str(song)) as source, av.open(str(path), "w") as file:
        attached = file.add_attachment("cover.jpg", "image/jpeg", cover.read_bytes())
        stream = file.add_stream_from_template(source.streams.audio[0])
        assert attached.type == "attachment"
        for packet in source.demux(audio=0):
            if packet.size:
                packet.stream = stream
                file.mux(packet)
    assert refused(path) == f"The file {path} has no video stream."


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mkv", "a.bin"])
def test_noise_is_no_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(np.random.default_rng(0).bytes(20_000))
    assert str(path) in refused(path)


@pytest.mark.parametrize("name", ["a.txt", "a.mp4", "a.nfo", "a.json"])
def test_text_is_no_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a line of text\n" * 200)
    assert str(path) in refused(path)


def test_a_file_whose_table_was_never_written_is_named(tmp_path: Path) -> None:
    path = intra(tmp_path / "a.mp4", 12, movflags="")
    path.write_bytes(path.read_bytes()[: packets(path)[8][0]])
    assert refused(path).startswith(f"The file {path} cannot be read as a video: ")


def test_a_file_of_which_nothing_decodes_is_named(tmp_path: Path) -> None:
    path = intra(tmp_path / "a.mp4", 4)
    content = bytearray(path.read_bytes())
    for offset, size in packets(path):
        content[offset : offset + size] = b"\xff" * size
    path.write_bytes(content)
    assert refused(path) == f"No frame of the file {path} can be decoded."


def test_left_early_it_ends_and_starts_anew(tmp_path: Path) -> None:
    video = VideoFile.open(encode(tmp_path / "a.mp4", "libx264", pictures(20)))
    files = len(os.listdir("/proc/self/fd"))
    for count in range(1, 20):
        assert [number_of(image) for image in islice(video, count)] == list(range(count))
    assert len(os.listdir("/proc/self/fd")) == files


class Frames(IterableDataset[int]):
    def __init__(self, path: Path) -> None:
        self.video = VideoFile.open(path)

    def __iter__(self) -> Iterator[int]:
        assert get_worker_info() is not None
        yield from (number_of(image) for image in islice(self.video, 15))  # left early


@pytest.mark.parametrize(("start", "workers"), [("fork", 2), ("spawn", 1)])
def test_workers_of_a_loader_read_beside_the_main_process(
    tmp_path: Path, start: str, workers: int
) -> None:
    frames = Frames(encode(tmp_path / "a.mp4", "libx264", pictures(20)))
    under_way = iter(frames.video)
    next(under_way)
    loader = DataLoader(
        frames, batch_size=None, num_workers=workers, multiprocessing_context=start, timeout=60
    )
    assert sorted(loader) == sorted([*range(15)] * workers)
    assert [number_of(image) for image in under_way] == list(range(1, 20))


def test_a_thousand_openings_leave_nothing_behind(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", "libx264", pictures(3))

    def open_often(times: int) -> tuple[int, int]:
        for _ in range(times):
            next(iter(VideoFile(path)))
        return len(os.listdir("/proc/self/fd")), _resident()

    files, memory = open_often(200)
    files_after, memory_after = open_often(1000)
    assert files_after == files
    assert memory_after - memory < 8 * 2**20  # a decoder left open keeps more than 100 kB


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.parametrize(
    ("name", "count", "rate"), [("bottle-detection", 1189, 179 / 6), ("packs", 387, 30)]
)
def test_footage_of_lines_is_counted_and_timed(name: str, count: int, rate: float) -> None:
    path = Path(data_root()) / "footage" / f"{name}.mp4"
    if not path.is_file():
        pytest.skip(f"no footage {path}; set VADLIT_DATA to the folder that holds footage")
    video = open_footage(path)
    times = [frame.time for frame in video.frames()]
    assert len(VideoFile(path)) == len(times) == count
    assert np.diff(times) == pytest.approx(1 / rate, abs=1e-3)
    assert times[-1] == pytest.approx((count - 1) / rate, abs=1e-3)
    assert video.skipped == 0
