"""What each part says of each clip, seen once and kept on disk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from vadlit.config import Config, build
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.data.whole import whole_or_nothing
from vadlit.disk import writing_out
from vadlit.models.predictor import Predictor
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.cues.joining import Looks, gathered
from vadlit.scoring.view import View
from vadlit.tuning.clips import Clip
from vadlit.video.ahead import ahead
from vadlit.views import views

# The frames that normal ranges are taken from, each by itself.
RANGE = "range"


class Cells:
    """The folder of looks: a file for each part and clip, whole or absent.

    It holds the part's cells, and activities and changes as that part's fusion saw them: a camera
    that is held still otherwise sees other ones.

    Args:
        folder: Made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with writing_out(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._read = cache(_read)

    def has(self, clip: str, parts: Iterable[str]) -> bool:
        """Whether what some parts say of a clip is there."""
        return all(self._file(clip, part).is_file() for part in parts)

    def read(self, clip: str, parts: Iterable[str]) -> Looks:
        """What some parts say of a clip."""
        each = [self._read(self._file(clip, part)) for part in parts]
        changed = torch.stack([looks.changed for looks in each]).any(dim=0)
        return Looks(torch.cat([looks.cells for looks in each], 1), each[0].activities, changed)

    def write(self, clip: str, parts: Iterable[str], looks: Looks) -> None:
        """Keep what some parts say of a clip."""
        for part, cells in zip(parts, looks.cells.unbind(dim=1), strict=True):
            alone = looks._replace(cells=cells[:, None])
            with (
                writing_out(self.folder),
                whole_or_nothing(self._file(clip, part)) as unfinished,
                unfinished.open("wb") as stream,
            ):
                np.savez(stream, **alone._asdict())

    def _file(self, clip: str, part: str) -> Path:
        return self.folder / f"{clip}-{part}.npz"


def _read(file: Path) -> Looks:
    with np.load(file) as arrays:
        return Looks(*(torch.from_numpy(arrays[name]) for name in Looks._fields))


def record(
    cue: Config,
    predictor: Predictor,
    train: Sequence[StoredEvent],
    held_out: Sequence[StoredEvent],
    clips: Sequence[Clip],
    cells: Cells,
) -> None:
    """Let the parts of a fusion learn, and keep what they say of each clip.

    Parts that have said it all before are left out.

    Args:
        cue: The fusion's configuration; its parts' names are those that their cells are kept under.
        predictor: Encodes and predicts.
        train: Normal events, to learn from.
        held_out: Normal events, for the normal range.
        clips: All of them.
        cells: Where to keep it.

    Raises:
        UserError: A clip is too short to be scored.
    """
    names = [RANGE, *(clip.name for clip in clips)]
    parts = {
        part: settings
        for part, settings in cue["parts"].items()
        if not all(cells.has(name, [part]) for name in names)
    }
    if not parts:
        return
    fusion: Fusion = build(cue | {"parts": parts, "weights": {}}, "vadlit.scoring")
    lengths = [
        0 if cells.has(clip.name, parts) else len(clip.stored()) - INPUT_FRAMES for clip in clips
    ]
    fusion.learn_parts(views(train, fusion, predictor))
    if not cells.has(RANGE, parts):
        cells.write(RANGE, parts, fusion.look_alone(views(held_out, fusion, predictor)))
    with tqdm(total=sum(lengths), desc="looking", unit="frame", disable=None, leave=False) as bar:
        for clip, length in zip(clips, lengths, strict=True):
            if length:
                seen = _seen(fusion, views([clip.stored()], fusion, predictor), bar.update)
                cells.write(clip.name, parts, gathered([*seen]))


def _seen(fusion: Fusion, clip: Sequence[View], progress: Callable[[], object]) -> Iterator[Looks]:
    """What the parts say of each frame of an event; the next ones are encoded meanwhile."""
    fusion.reset()
    for view in ahead(view for view in clip):
        yield fusion.look(view)
        progress()
