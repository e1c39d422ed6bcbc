"""UCSD Ped2 in the official layout or in the common JPEG repack.

Mahadevan, Li, Bhalodia, Vasconcelos: Anomaly detection in crowded scenes. CVPR 2010.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vadlit.data.download import download_ped2
from vadlit.data.events import Event, check_ranges
from vadlit.data.module import SequenceDataModule, Splits
from vadlit.errors import UserError
from vadlit.video.folder import FrameFolder

_RANGE = re.compile(r"gt_frame\s*=\s*\[\s*(\d+)\s*:\s*(\d+)\s*\]")


@dataclass(frozen=True)
class Layout:
    """Where a distribution of Ped2 keeps things, below its root.

    Args:
        train: Folders of training clips.
        test: Folders of test clips.
        masks: Folder of a test clip's masks, given the clip's folder name.
        truth: The frame-level ground truth.
    """

    train: str
    test: str
    masks: str
    truth: str


OFFICIAL = Layout("Train/Train*", "Test/Test[0-9][0-9][0-9]", "Test/{}_gt", "Test/UCSDped2.m")
REPACK = Layout("training/frames/*", "testing/frames/*", "testing/masks/{}", "testing/UCSDped2.m")


class Ped2(SequenceDataModule):
    """UCSD Ped2: 16 normal clips (2,550 frames) to train, 12 clips (2,010 frames) to test.

    Clips are named `01`, `02`, ... in both layouts.

    Args:
        root: The folder of either layout.
        held_out: Training clips kept apart for validation.
        subset: Name of a subset, or None for the whole.
        subsets: A subset's clips: `train`, `val`, `test`, `frames` (at most, of each clip).
        download: Fetch the official archive into the root where it is missing.
        url: Where from.
        archive_bytes: The archive's size, bytes.
        archive_sha256: Its checksum, hexadecimal; None takes what comes.
        settings: As for `SequenceDataModule`.
    """

    def __init__(
        self,
        *,
        root: str,
        held_out: Sequence[str],
        subset: str | None,
        subsets: Mapping[str, Mapping[str, Any]],
        download: bool,
        url: str,
        archive_bytes: int | None,
        archive_sha256: str | None,
        **settings: Any,
    ) -> None:
        if subset is not None and subset not in subsets:
            names = ", ".join([*subsets, "null"])
            raise UserError(f"data.subset is {subset!r}; allowed are {names}.")
        chosen = dict(subsets[subset]) if subset is not None else {}
        settings["sequences"] = chosen.pop("sequences", settings["sequences"])
        super().__init__(**settings)
        self.root = Path(root).expanduser()
        self.held_out = tuple(chosen.pop("val", held_out))
        self.frames = chosen.pop("frames", None)
        self.chosen = chosen
        self.download = download
        self.url = url
        self.archive_bytes = archive_bytes
        self.archive_sha256 = archive_sha256

    def prepare_data(self) -> None:
        """Fetch the official archive, when asked to and missing."""
        if self.download:
            download_ped2(self.root, self.url, self.archive_bytes, self.archive_sha256)

    def read(self) -> Splits:
        """Find the clips of every split, shortened to the subset."""
        root, layout = find_layout(self.root)
        clips = read_clips(root, layout.train)
        train = [name for name in clips if name not in self.held_out]
        return Splits(
            self._choose(clips, self.chosen.get("train", train), "data.subsets.train"),
            self._choose(clips, self.held_out, "data.held_out"),
            self._test(read_test(root, layout)),
        )

    def _test(self, clips: Mapping[str, Event]) -> tuple[Event, ...]:
        return self._choose(clips, self.chosen.get("test", list(clips)), "data.subsets.test")

    def _choose(
        self, clips: Mapping[str, Event], names: Sequence[str], setting: str
    ) -> tuple[Event, ...]:
        unknown = [name for name in names if name not in clips]
        if unknown or not names:
            raise UserError(
                f"{setting} is {list(names)}; allowed are one or more of {list(clips)}."
            )
        return tuple(clips[name].shortened(self.frames) for name in names)


def find_layout(root: Path) -> tuple[Path, Layout]:
    """Tell which layout lies in a folder, or in the `UCSDped2` that a download makes there.

    Raises:
        UserError: Neither does.
    """
    for base in (root, root / "UCSDped2"):
        for layout in (REPACK, OFFICIAL):
            if (base / layout.truth).is_file() and any(base.glob(layout.train)):
                return base, layout
    raise UserError(
        f"There is no Ped2 in {root}; allowed is a folder with Train and Test as in the official "
        "archive or training and testing as in the JPEG repack (set VADLIT_DATA or data.root, or "
        "data.download=true)."
    )


def read_clips(root: Path, pattern: str) -> dict[str, Event]:
    """Clips without labels, by name."""
    folders = sorted(path for path in root.glob(pattern) if path.is_dir())
    return {_name(f): Event(_name(f), FrameFolder.open(f)) for f in folders}


def read_test(root: Path, layout: Layout) -> dict[str, Event]:
    """Test clips with frame labels and pixel masks, by name.

    Raises:
        UserError: Clips, ranges and masks do not agree in number.
    """
    truth = root / layout.truth
    ranges = read_truth(truth)
    folders = sorted(path for path in root.glob(layout.test) if path.is_dir())
    if len(ranges) != len(folders):
        raise UserError(
            f"{truth} states {len(ranges)} anomalous ranges for {len(folders)} test clips; allowed "
            "is one a clip."
        )
    events = {}
    for folder, span in zip(folders, ranges, strict=True):
        frames = FrameFolder.open(folder)
        masks = FrameFolder.open(root / layout.masks.format(folder.name)).files
        if len(masks) != len(frames):
            raise UserError(f"{folder} has {len(frames)} frames but {len(masks)} masks.")
        checked = check_ranges([span], len(frames), truth)
        events[_name(folder)] = Event(_name(folder), frames, checked, masks)
    return events


def read_truth(file: Path) -> list[tuple[int, int]]:
    """Read UCSDped2.m: its 1-based inclusive ranges, one a clip, counted from 0."""
    found = _RANGE.findall(file.read_text(encoding="utf-8", errors="replace"))
    return [(int(first) - 1, int(last) - 1) for first, last in found]


def _name(folder: Path) -> str:
    return folder.name[-2:]
