import os
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vadlit.errors import UserError
from vadlit.video.folder import FrameFolder

GREY = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)


def save(file: Path, image: Image.Image | None = None) -> None:
    (image or Image.fromarray(COLOUR)).save(file)


def only_frame(folder: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    (frame,) = FrameFolder.open(folder)
    return frame


def test_frames_come_in_name_order_however_the_disk_lists_them(tmp_path: Path) -> None:
    numbers = list(range(20))
    random.Random(0).shuffle(numbers)
    for number in numbers:
        save(tmp_path / f"{number:03d}.png", Image.new("L", (3, 2), number))
    frames = FrameFolder.open(tmp_path)
    assert len(frames) == 20
    assert [int(frame[0, 0, 0]) for frame in frames] == list(range(20))


def test_numbers_without_leading_zeros_count_as_numbers(tmp_path: Path) -> None:
    for number in (1, 2, 9, 10, 11, 100):
        save(tmp_path / f"take2_{number}.png", Image.new("L", (3, 2), number))
    seen = [int(frame[0, 0, 0]) for frame in FrameFolder.open(tmp_path)]
    assert seen == [1, 2, 9, 10, 11, 100]


def test_names_of_digits_and_of_letters_lie_together(tmp_path: Path) -> None:
    for name in ("a.png", "1.png", "01.png", "b2.png", "\u00b2.png"):
        save(tmp_path / name)
    assert len(FrameFolder.open(tmp_path)) == 5


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".tiff", ".PNG", ".Tif"])
def test_a_lossless_picture_is_read_as_it_is(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"0{suffix}")
    frame = only_frame(tmp_path)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, COLOUR)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".JPG"])
def test_a_jpeg_is_read(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"0{suffix}", Image.new("RGB", (8, 8), (200, 100, 50)))
    assert np.abs(only_frame(tmp_path).astype(int) - (200, 100, 50)).max() <= 3


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(GREY),
        Image.merge("LA", (Image.fromarray(GREY), Image.new("L", (6, 4), 7))),
        Image.fromarray(np.stack([GREY] * 3, -1)).quantize(24),
    ],
    ids=["grey", "grey-alpha", "palette"],
)
def test_pictures_of_one_value_a_pixel_become_three_equal_channels(
    tmp_path: Path, image: Image.Image
) -> None:
    save(tmp_path / "0.png", image)
    assert np.array_equal(only_frame(tmp_path), np.stack([GREY] * 3, -1))


def test_alpha_is_dropped(tmp_path: Path) -> None:
    save(tmp_path / "0.png", Image.fromarray(np.dstack([COLOUR, GREY])))
    assert np.array_equal(only_frame(tmp_path), COLOUR)


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    save(tmp_path / "0.png", Image.fromarray(GREY > 100))
    assert np.array_equal(only_frame(tmp_path)[..., 0], np.where(GREY > 100, 255, 0))


def test_a_picture_marked_as_turned_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn clockwise by 90 degrees to see it right
    Image.fromarray(COLOUR).save(tmp_path / "0.png", exif=exif)
    assert np.array_equal(only_frame(tmp_path), np.rot90(COLOUR, -1))


@pytest.mark.parametrize(
    ("name", "dtype"), [("0.png", np.uint16), ("0.tif", np.int32), ("0.tif", np.float32)]
)
def test_deeper_pictures_are_refused_rather_than_clipped(
    tmp_path: Path, name: str, dtype: type[np.generic]
) -> None:
    save(tmp_path / name, Image.fromarray(GREY.astype(dtype) * dtype(100)))
    with pytest.raises(UserError, match=rf"{tmp_path / name} .* more than 8 bits a channel"):
        list(FrameFolder.open(tmp_path))


def test_only_visible_image_files_count(tmp_path: Path) -> None:
    for name in ("0.png", ".1.png", "._0.png"):
        save(tmp_path / name)
    for name in ("labels.json", "0.txt", "Thumbs.db", "png"):
        (tmp_path / name).write_text("x")
    (tmp_path / "2.png").mkdir()
    assert [file.name for file in FrameFolder.open(tmp_path).files] == ["0.png"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"There is no folder of frames {tmp_path / 'none'}\."):
        FrameFolder.open(tmp_path / "none")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    save(tmp_path / "0.png")
    with pytest.raises(UserError, match=r"There is no folder of frames .*0\.png\."):
        FrameFolder.open(tmp_path / "0.png")


def test_an_empty_folder_is_named_with_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UserError, match=rf"{tmp_path} holds no frames; allowed are \.bmp .*\.tiff"):
        FrameFolder.open(tmp_path)


def broken(file: Path, how: str) -> None:
    if how == "dangling":
        file.symlink_to(file.with_name("nowhere.png"))
        return
    save(file, Image.effect_noise((64, 64), 50))
    whole = file.read_bytes()
    content = {"empty": b"", "text": b"no picture", "truncated": whole[: len(whole) // 2]}
    file.write_bytes(content[how])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".bmp"])
@pytest.mark.parametrize("how", ["empty", "text", "truncated", "dangling"])
def test_an_unreadable_file_is_named(tmp_path: Path, suffix: str, how: str) -> None:
    save(tmp_path / "0.png")
    broken(tmp_path / f"1{suffix}", how)
    frames = iter(FrameFolder.open(tmp_path))
    next(frames)
    with pytest.raises(UserError, match=rf"{tmp_path}/1{suffix} cannot be read"):
        next(frames)


def test_a_picture_too_large_to_be_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    save(tmp_path / "0.png")
    with pytest.raises(UserError, match=rf"{tmp_path}/0.png cannot be read"):
        list(FrameFolder.open(tmp_path))


def test_a_frame_of_another_size_is_named_with_both_sizes(tmp_path: Path) -> None:
    for name in ("0.png", "1.png"):
        save(tmp_path / name)
    save(tmp_path / "2.png", Image.new("RGB", (4, 6)))
    with pytest.raises(UserError, match=rf"{tmp_path}/2.png is 4x6 pixels; .* first frame, 6x4"):
        list(FrameFolder.open(tmp_path))


def test_frames_can_be_read_again_and_files_are_closed(tmp_path: Path) -> None:
    for number in range(5):
        save(tmp_path / f"{number}.png")
    frames = FrameFolder.open(tmp_path)
    open_files = len(os.listdir("/proc/self/fd"))
    assert sum(1 for _ in frames) == sum(1 for _ in frames) == 5
    assert len(os.listdir("/proc/self/fd")) == open_files
