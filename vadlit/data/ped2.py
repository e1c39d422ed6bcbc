"""UCSD Ped2 in the official layout or in the common JPEG repack.

Mahadevan, Li, Bhalodia, Vasconcelos: Anomaly detection in crowded scenes. CVPR 2010.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vadlit.data.download import download_ped2
from vadlit.data.events import Event, check_ranges
from vadlit.data.module import SequenceDataModule, Splits
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.errors import UserError
from vadlit.video.folder import FrameFolder

FRAME_RATE = 10.0  # of both layouts; the archive does not say so

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


OFFICIAL = Layout(
    "Train/Train[0-9][0-9][0-9]", "Test/Test[0-9][0-9][0-9]", "Test/{}_gt", "Test/UCSDped2.m"
)
REPACK = Layout(
    "training/frames/[0-9][0-9]",
    "testing/frames/[0-9][0-9]",
    "testing/masks/{}",
    "testing/UCSDped2.m",
)
# The last is for the configuration, whose `sequences` follows it unless it is set.
SUBSET_KEYS = ("train", "val", "test", "frames", "sequences")


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
        super().__init__(**settings)
        self.root = Path(root).expanduser()
        self.held_out = held_out
        self.subset = subset
        self.chosen = _subset(subset, subsets)
        self.download = download
        self.url = url
        self.archive_bytes = archive_bytes
        self.archive_sha256 = archive_sha256

    def prepare_data(self) -> None:
        """Fetch the official archive, when asked to and missing."""
        if self.download and next(layouts(self.root), None) is None:
            download_ped2(self.root, self.url, self.archive_bytes, self.archive_sha256)

    def read(self) -> Splits:
        """Find the clips of every split, shortened to the subset."""
        root, layout = find_layout(self.root)
        clips, test = read_clips(root, layout.train), read_test(root, layout)
        val = self._choose(clips, "val", self.held_out)
        kept_apart = [event.name for event in val]
        rest = {name: clip for name, clip in clips.items() if name not in kept_apart}
        if not rest:
            raise UserError(
                f"{self._setting('val')} is {kept_apart}; allowed is to leave clips to train on."
            )
        train = self._choose(rest, "train", list(rest))
        return Splits(train, val, self._choose(test, "test", list(test)))

    def _choose(self, clips: Mapping[str, Event], split: str, default: object) -> tuple[Event, ...]:
        """The clips that the subset names for a split, or else the default."""
        chosen = self.chosen.get(split, default)
        names = list(chosen) if isinstance(chosen, list | tuple) else [chosen]
        if not names or len({*names}) < len(names) or not clips.keys() >= {*names}:
            raise UserError(
                f"{self._setting(split)} is {names}; allowed are one or more of {list(clips)}."
            )
        return tuple(clips[name].shortened(self.chosen.get("frames")) for name in names)

    def _setting(self, split: str) -> str:
        return f"data.subsets.{self.subset}.{split}" if split in self.chosen else "data.held_out"


def _subset(name: str | None, subsets: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a subset states; nothing for the whole."""
    if name is None:
        return {}
    if name not in subsets:
        raise UserError(f"data.subset is {name!r}; allowed are {', '.join([*subsets, 'null'])}.")
    chosen: Mapping[str, Any] = subsets[name]
    if not isinstance(chosen, Mapping):
        raise UserError(
            f"data.subsets.{name} is {'null' if chosen is None else chosen}; allowed are values for"
            f" some of {SUBSET_KEYS}."
        )
    for key in chosen:
        if key not in SUBSET_KEYS:
            raise UserError(f"data.subsets.{name}.{key} is unknown; allowed are {SUBSET_KEYS}.")
    frames = chosen.get("frames")
    if frames is not None and not (isinstance(frames, int) and frames > INPUT_FRAMES):
        raise UserError(
            f"data.subsets.{name}.frames is {frames}; allowed is {INPUT_FRAMES + 1} or more."
        )
    return chosen


def layouts(root: Path) -> Iterator[tuple[Path, Layout]]:
    """The layouts that lie in a folder, or in the `UCSDped2` that a download makes there."""
    for base in (root, root / "UCSDped2"):
        for layout in (REPACK, OFFICIAL):
            if (base / layout.truth).is_file() and any(base.glob(layout.train)):
                yield base, layout


def find_layout(root: Path) -> tuple[Path, Layout]:
    """Where Ped2 lies in a folder, and how.

    Raises:
        UserError: It does not lie there.
    """
    for found in layouts(root):
        return found
    raise UserError(
        f"There is no Ped2 in {root}; allowed is a folder with Train and Test as in the official "
        "archive or training and testing as in the JPEG repack (set VADLIT_DATA or data.root, or "
        "data.download=true)."
    )


def read_clips(root: Path, pattern: str) -> dict[str, Event]:
    """Clips without labels, by name."""
    folders = sorted(path for path in root.glob(pattern) if path.is_dir())
    clips = (Event(_name(f), FrameFolder.open(f), frame_rate=FRAME_RATE) for f in folders)
    return {clip.name: clip for clip in clips}


def read_test(root: Path, layout: Layout) -> dict[str, Event]:
    """Test clips with frame labels and pixel masks, by name.

    Raises:
        UserError: Clips, ranges and masks do not agree in number.
    """
    truth = root / layout.truth
    ranges = read_truth(truth)
    clips = read_clips(root, layout.test)
    numbered = [f"{number:02}" for number in range(1, len(ranges) + 1)]
    if list(clips) != numbered:
        raise UserError(
            f"{truth} states anomalous ranges of the test clips {numbered}, but those in "
            f"{(root / layout.test).parent} are {list(clips)}; allowed is one range a clip."
        )
    return {
        clip.name: _with_truth(clip, span, root, layout)
        for clip, span in zip(clips.values(), ranges, strict=True)
    }


def _with_truth(clip: Event, span: tuple[int, int], root: Path, layout: Layout) -> Event:
    folder, count = clip.place, len(clip.frames)
    masks = FrameFolder.open(root / layout.masks.format(folder.name)).files
    if len(masks) != count:
        raise UserError(f"{folder} has {count} frames but {len(masks)} masks; allowed is one each.")
    ranges = check_ranges([span], count, root / layout.truth)
    return replace(clip, anomalous=ranges, masks=masks)


def read_truth(file: Path) -> list[tuple[int, int]]:
    """Read UCSDped2.m: its 1-based inclusive ranges, one a clip, counted from 0."""
    found = _RANGE.findall(file.read_text(encoding="utf-8", errors="replace"))
    return [(int(first) - 1, int(last) - 1) for first, last in found]


def _name(folder: Path) -> str:
    return folder.name[-2:]
