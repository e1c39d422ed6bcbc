"""The footage that a data set is made of, with its time line and labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from vadlit.data.labels import Labels
from vadlit.errors import UserError
from vadlit.preparation import labels_in, timeline
from vadlit.preparation.settings import Settings
from vadlit.preparation.timeline import Timeline
from vadlit.video.find import footage_in, name_of
from vadlit.video.folder import FrameFolder
from vadlit.video.footage import Footage, open_footage
from vadlit.video.frame import Image


@dataclass(frozen=True)
class Source:
    """One piece of footage.

    Args:
        path: A video or a folder of frames.
        footage: What reads it.
        timeline: When each of its frames is shown.
        labels: In frames of the footage; None where there are none.
        labelled_by: The file that states them.
        picture: Height and width of its frames, pixels.
    """

    path: Path
    footage: Footage
    timeline: Timeline
    labels: Labels | None
    labelled_by: Path | None
    picture: tuple[int, int]

    @property
    def name(self) -> str:
        """What its events are called after."""
        return name_of(self.path)

    def first_second(self) -> Iterator[Image]:
        """Its frames of the first second."""
        few = max(1, round(self.timeline.rate))
        return (frame.image for frame in islice(self.footage.frames(), few))


def find(settings: Settings) -> tuple[list[Source], list[Source]]:
    """Open the footage to train on and that to test on.

    Raises:
        UserError: Footage is missing, broken, live, hidden or named twice, or labels are missing or
            do not fit.
    """
    train, test = _expanded(settings.source), _expanded(settings.test)
    for path in train + test:
        _refuse_hidden(path)
        _refuse_second([p for p in train + test if name_of(p) == name_of(path)])
    of_train = [labels_in.beside(path) for path in train]
    of_test = [labels_in.beside(path) for path in test]
    if settings.labels:
        wanted, name = (of_test, "test") if test else (of_train, "source")
        if len(settings.labels) != len(wanted):
            raise UserError(
                f"labels names {len(settings.labels)} files for {len(wanted)} in {name}; "
                "allowed is one for each."
            )
        wanted[:] = settings.labels
    for path, file in zip(test, of_test, strict=True):
        if file is None:
            raise UserError(
                f"The footage to test on, {path}, has no labels beside it; allowed is "
                f'{_labels_place(path)}, which says {{"anomalous": []}} where all is normal.'
            )
    return _opened(train, of_train), _opened(test, of_test)


def _opened(paths: Sequence[Path], labels: Sequence[Path | None]) -> list[Source]:
    return [open_source(path, file) for path, file in zip(paths, labels, strict=True)]


def open_source(path: Path, labelled_by: Path | None) -> Source:
    """Open one piece of footage."""
    stated = None if labelled_by is None else labels_in.read(labelled_by)
    if path.is_dir():
        rate = stated.frame_rate if stated else None
        footage: Footage = open_footage(path, rate)
        assert isinstance(footage, FrameFolder)
        line = timeline.even(len(footage), footage.rate)
    else:
        footage = open_footage(path)
        line = timeline.of_video(path)
    labels = None if stated is None else labels_in.as_frames(stated, line.times)
    height, width = next(footage.frames()).image.shape[:2]
    return Source(path, footage, line, labels, labelled_by, (height, width))


def _expanded(paths: Sequence[Path]) -> list[Path]:
    """Each path, or what lies in it where it is a folder of videos or of folders of frames."""
    return [each for path in paths for each in footage_in(path)]


def _refuse_second(same: Sequence[Path]) -> None:
    if len(same) > 1:
        raise UserError(
            f"The footage {same[0]} and {same[1]} would give events of one name; allowed is a "
            "name of its own for each, and each in source or in test but not in both."
        )


def _refuse_hidden(path: Path) -> None:
    if name_of(path).startswith("."):
        raise UserError(
            f"The footage {path} is called {name_of(path)}; allowed is a name without a dot in "
            "front, for training leaves hidden events out."
        )


def _labels_place(path: Path) -> Path:
    return path / "labels.json" if path.is_dir() else path.with_suffix(".json")
