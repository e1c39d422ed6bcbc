"""A small line and a detector of it, to tune."""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from tests.detectors import encoder
from vadlit.config import Config, build
from vadlit.data.module import SequenceDataModule

SIZE = [64, 96]
CUE: Config = {
    "_target_": "vadlit.scoring.cues.fusion.Fusion",
    "parts": {
        "appearance": {"_target_": "vadlit.scoring.cues.appearance.Appearance", "memory": 200},
        "motion": {"_target_": "vadlit.scoring.cues.motion.Motion", "window": 16},
    },
    "worst": 3,
    "weights": {"appearance": 1.0, "motion": 1.0},
}


def write_line(root: Path) -> Path:
    """A box that goes to and fro over a floor, by two pixels a frame; both have a texture."""
    generator = np.random.default_rng(7)
    floor = np.kron(
        generator.integers(60, 140, (16, 24, 1), np.uint8), np.ones((4, 4, 3), np.uint8)
    )
    box = gaussian_filter(generator.uniform(0, 255, (24, 24, 1)), (1.5, 1.5, 0)).astype(np.uint8)
    for split, count, offset in (("train", 30, 0), ("val", 40, 10), ("test", 8, 0)):
        folder = root / split / "line"
        folder.mkdir(parents=True)
        for number in range(count):
            image = floor.copy()
            x = abs((2 * number + offset) % 144 - 72)
            image[8:32, x : x + 24] = 2 * box
            Image.fromarray(image).save(folder / f"{number:02d}.png")
        (folder / "labels.json").write_text(json.dumps({"frame_rate": 10.0, "anomalous": []}))
    return root


def module(place: Path) -> SequenceDataModule:
    """The line as a data set, set up for validation."""
    settings = {
        "_target_": "vadlit.data.folder.Folder",
        "root": str(place / "line"),
        "size": SIZE,
        "sequences": 8,
        "batch_size": 4,
        "seed": 0,
        "cache": True,
        "cache_dir": str(place / "cache"),
    }
    data: SequenceDataModule = build(settings, "vadlit.data")
    data.attach(encoder(), (), augmented=False)
    data.setup("validate")
    return data
