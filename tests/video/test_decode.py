import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer
from av.video.stream import VideoStream

from tests.video.corpus import (
    RATE,
    assert_as_drawn,
    encode,
    intra,
    number_of,
    packets,
    pictures,
)
from vadlit.errors import UserError
from vadlit.video.file import VideoFile


def test_times_are_the_stamps_from_the_first_on(tmp_path: Path) -> None:
    stamps = [500, 540, 550, 700, 1500, 1510, 4000]
    path = encode(tmp_path / "a.mp4", "libx264", pictures(7), stamps=stamps, base=Fraction(1, 1000))
    times = [frame.time for frame in VideoFile.open(path).frames()]
    assert times == pytest.approx([(stamp - 500) / 1000 for stamp in stamps])


def test_a_bare_stream_without_stamps_gets_its_rate(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.h264", "libx264", pictures(12), options={"bf": "0"})
    assert_as_drawn(VideoFile.open(path), 12)


def test_broken_packets_in_the_middle_are_left_out_and_counted(tmp_path: Path) -> None:
    path = intra(tmp_path / "a.mp4", 12)
    content = bytearray(path.read_bytes())
    for number in (3, 7, 8):
        offset, size = packets(path)[number]
        content[offset : offset + size] = b"\xff" * size
    path.write_bytes(content)
    video = VideoFile.open(path)
    frames = list(video.frames())
    kept = [0, 1, 2, 4, 5, 6, 9, 10, 11]
    assert video.skipped == 3
    assert [number_of(frame.image) for frame in frames] == kept
    assert [frame.time for frame in frames] == pytest.approx([n / RATE for n in kept])
    assert len(video) == 9
    assert len(list(video)) == 9
    assert video.skipped == 3  # of the last pass, not of all


def test_a_cut_off_tail_keeps_what_lies_before(tmp_path: Path) -> None:
    path = intra(tmp_path / "a.mp4", 12)
    offset, size = packets(path)[8]
    path.write_bytes(path.read_bytes()[: offset + size // 2])
    video = VideoFile.open(path)
    assert [number_of(image) for image in video] == list(range(8))
    assert len(video) == 8
    assert video.skipped == 1


@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.avi", "a.webm", "a.h264"])
def test_cut_in_any_packet_a_file_keeps_what_lies_before(tmp_path: Path, name: str) -> None:
    codec = {"a.webm": "libvpx", "a.avi": "mpeg4"}.get(name, "libx264")
    options = {"g": "4", "bf": "0", "b": "2M"}
    whole = encode(tmp_path / name, codec, pictures(12, 128, 192), options=options)
    path = tmp_path / f"cut{whole.suffix}"
    for number, (offset, size) in list(enumerate(packets(whole)))[4:]:
        path.write_bytes(whole.read_bytes()[: offset + size // 2])
        video = VideoFile.open(path)
        images = list(video)
        if name == "a.h264":  # has no table to tell that a packet is cut: half a picture more
            images.pop()
        assert [number_of(image) for image in images] == list(range(number))


def test_broken_packets_before_the_last_cost_no_other_frame(tmp_path: Path) -> None:
    path = intra(tmp_path / "a.mp4", 12)
    content = bytearray(path.read_bytes())
    for offset, size in packets(path)[9:11]:
        content[offset : offset + size] = b"\xff" * size
    path.write_bytes(content)
    assert [number_of(image) for image in VideoFile.open(path)] == [*range(9), 11]


class Torn:
    """A container whose reading fails after six packets, as of a disk that gives out."""

    def __init__(self, container: InputContainer) -> None:
        self.container = container

    def __getattr__(self, name: str) -> object:
        return getattr(self.container, name)

    def __enter__(self) -> "Torn":
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def demux(self, stream: VideoStream) -> Iterator[object]:
        yield from islice(self.container.demux(stream), 6)
        raise av.OSError(5, "Input/output error")


def test_where_reading_fails_what_was_read_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = encode(tmp_path / "a.mp4", "libx264", pictures(12))
    whole = av.open
    monkeypatch.setattr(av, "open", lambda *args, **options: Torn(whole(*args, **options)))
    video = VideoFile(path)
    assert len(list(video)) == len(video) == 6  # those that the decoder held back, too
    assert video.skipped == 1


def test_flipped_bits_give_frames_or_a_sentence(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", "libx264", pictures(12), movflags="faststart")
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for seed in range(40):
        generator = np.random.default_rng(seed)
        content = whole.copy()
        content[generator.integers(0, len(whole), 20)] = generator.integers(0, 256, 20)
        path.write_bytes(content.tobytes())
        with contextlib.suppress(UserError):
            video = VideoFile.open(path)
            assert len(video) == len(list(video))


def joined(path: Path, frames: Sequence[Sequence[av.VideoFrame]]) -> Path:
    """Write several files as one."""
    parts = [path.with_stem(f"part{number}") for number in range(len(frames))]
    for part, pictures_of_it in zip(parts, frames, strict=True):
        encode(part, "libx264", pictures_of_it, options={"bf": "0"})
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def test_a_change_of_size_is_named(tmp_path: Path) -> None:
    path = joined(tmp_path / "a.h264", [pictures(3), pictures(3, 80, 128)])
    with pytest.raises(UserError, match=r"The frame 3 of .*a\.h264 is 128x80 .* frame, 96x64\."):
        list(VideoFile.open(path))


def test_stamps_that_begin_again_do_not_turn_time_back(tmp_path: Path) -> None:
    path = joined(tmp_path / "a.ts", [pictures(4), pictures(4)])
    times = [frame.time for frame in VideoFile.open(path).frames()]
    assert min(np.diff(times)) > 0
    assert times[-1] == pytest.approx(7 / RATE)
