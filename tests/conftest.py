"""A small Ped2 of drawn pictures in both layouts, made once a test session; and what is skipped."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from vadlit.config import data_root

HEIGHT, WIDTH, FRAMES = 40, 60, 12
TRAIN, TEST = ("01", "02", "03", "04"), ("01", "02", "03")
# Of each test clip, as UCSDped2.m states it: 1-based, both ends included. The last is all of it.
TRUTH = ((6, 9), (8, 12), (1, 12))

# Small work is faster without threads that wait for each other. What tests start inherits it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tests must not depend on the settings of whoever runs them.
for _name in [name for name in os.environ if name.startswith(("VADLIT_RUNS", "VADLIT_CACHE"))]:
    del os.environ[_name]


def picture(clip: str, number: int, *, anomalous: bool) -> npt.NDArray[np.uint8]:
    """A grey scene with a square that walks; on anomalous frames a bright one crosses it."""
    generator = np.random.default_rng(int(clip))
    scene = generator.integers(60, 120, (HEIGHT // 4, WIDTH // 4), dtype=np.uint8)
    image = np.kron(scene, np.ones((4, 4), np.uint8))
    x = 4 + 3 * number
    image[10:18, x : x + 6] = 30
    if anomalous:
        image[22:32, WIDTH - x - 8 : WIDTH - x] = 240
    return image


def mask(number: int, *, anomalous: bool) -> npt.NDArray[np.uint8]:
    """Where the bright square is."""
    image = np.zeros((HEIGHT, WIDTH), np.uint8)
    if anomalous:
        x = 4 + 3 * number
        image[22:32, WIDTH - x - 8 : WIDTH - x] = 255
    return image


def write_clip(folder: Path, clip: str, truth: tuple[int, int], name: str) -> None:
    """Write a clip's frames; `name` formats a frame's number from 0 as a file name."""
    folder.mkdir(parents=True)
    for number in range(FRAMES):
        anomalous = truth[0] <= number + 1 <= truth[1]
        image = Image.fromarray(picture(clip, number, anomalous=anomalous))
        image.save(folder / name.format(number, number + 1))


def write_masks(folder: Path, truth: tuple[int, int], name: str) -> None:
    """Write a clip's masks."""
    folder.mkdir(parents=True)
    for number in range(FRAMES):
        anomalous = truth[0] <= number + 1 <= truth[1]
        file = folder / name.format(number, number + 1)
        Image.fromarray(mask(number, anomalous=anomalous)).save(file)


def write_truth(file: Path) -> None:
    """Write the ground truth as the official archive has it."""
    lines = [f"TestVideoFile{{end+1}}.gt_frame = [{first}:{last}];" for first, last in TRUTH]
    file.write_text("\n".join(["TestVideoFile = {};", *lines]) + "\n")


def write_official(root: Path) -> Path:
    """Write the official layout: 001.tif from 1 on, masks as bitmaps."""
    for clip in TRAIN:
        write_clip(root / "Train" / f"Train0{clip}", clip, (0, 0), "{1:03d}.tif")
    for clip, truth in zip(TEST, TRUTH, strict=True):
        write_clip(root / "Test" / f"Test0{clip}", clip, truth, "{1:03d}.tif")
        write_masks(root / "Test" / f"Test0{clip}_gt", truth, "{1:03d}.bmp")
    write_truth(root / "Test" / "UCSDped2.m")
    return root


def write_repack(root: Path) -> Path:
    """Write the JPEG repack: 000.jpg from 0 on."""
    for clip in TRAIN:
        write_clip(root / "training" / "frames" / clip, clip, (0, 0), "{0:03d}.jpg")
    for clip, truth in zip(TEST, TRUTH, strict=True):
        write_clip(root / "testing" / "frames" / clip, clip, truth, "{0:03d}.jpg")
        write_masks(root / "testing" / "masks" / clip, truth, "{0:03d}.png")
    write_truth(root / "testing" / "UCSDped2.m")
    return root


@pytest.fixture(scope="session")
def ped2_official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic Ped2 in the official layout; not to be changed."""
    return write_official(tmp_path_factory.mktemp("ped2_official"))


@pytest.fixture(scope="session")
def ped2_repack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthetic Ped2 in the layout of the JPEG repack; not to be changed."""
    return write_repack(tmp_path_factory.mktemp("ped2_repack"))


@pytest.fixture(scope="session")
def ped2() -> Path:
    """The real footage, where it is present."""
    root = Path(data_root()) / "ped2"
    if not root.is_dir():
        pytest.skip(f"no Ped2 footage in {root}; set VADLIT_DATA to the folder that holds ped2")
    return root
