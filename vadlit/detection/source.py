"""What to look at: files, folders, cameras and streams, each under a name of its own."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vadlit.data.labels import stated_rate
from vadlit.errors import UserError
from vadlit.video.find import footage_in, name_of
from vadlit.video.footage import Footage, open_footage
from vadlit.video.resample import Resampled

ALLOWED = "a video, a folder of frames, a folder of such, a camera's number, a URL, or a list"


@dataclass(frozen=True)
class Source:
    """One piece of footage.

    Args:
        name: What its table is called.
        place: A video, a folder of frames, or what FFmpeg reads live.
    """

    name: str
    place: Path | str

    @property
    def live(self) -> bool:
        """Whether it can be looked at only once."""
        return not isinstance(self.place, Path)

    @property
    def stated_rate(self) -> float | None:
        """Frames a second that a folder of frames states; None where none does."""
        if isinstance(self.place, Path) and self.place.is_dir():
            return stated_rate(self.place / "labels.json")
        return None

    def open(self, rate: float | None, trained_rate: float | None) -> Footage:
        """Open it.

        Args:
            rate: Frames a second to resample to; None takes frames as they come.
            trained_rate: That of a folder of frames which states none.

        Raises:
            UserError: It cannot be read.
        """
        footage: Footage
        if isinstance(self.place, Path) and self.place.is_dir():
            known = self.stated_rate or rate or trained_rate
            footage = open_footage(self.place, known)
            return footage if rate in (None, known) else Resampled(footage, rate)
        return open_footage(self.place, rate)


def sources(value: Any) -> tuple[Source, ...]:
    """The footage that a setting names.

    Raises:
        UserError: None is named, a path is missing, or two have one name.
    """
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str | int) and str(each) for each in listed):
        raise UserError(f"source is {value}; allowed is {ALLOWED}.")
    found = [source for each in listed for source in _sources(str(each))]
    name, times = Counter(source.name for source in found).most_common(1)[0]
    if times > 1:
        same = " and ".join(str(source.place) for source in found if source.name == name)
        raise UserError(f"{same} would write tables of one name; allowed is one each.")
    return tuple(found)


def _sources(stated: str) -> list[Source]:
    path = Path(stated).expanduser()
    if path.exists():
        return [Source(name_of(each), each) for each in footage_in(path)]
    if not stated.isdecimal() and "://" not in stated:
        raise UserError(f"There is no footage {stated}; allowed as source is {ALLOWED}.")
    name = open_footage(stated).name
    return [Source(re.sub(r"[^\w.-]+", "-", name).strip("-"), stated)]
