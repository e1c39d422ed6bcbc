"""Own footage: a folder of training, validation and test events."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from vadlit.data import prepared
from vadlit.data.counts import count_frames
from vadlit.data.events import Event
from vadlit.data.frames import Counted
from vadlit.data.labels import Labels, read_labels
from vadlit.data.module import SequenceDataModule, Splits
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.find import VIDEO_SUFFIXES, VIDEOS
from vadlit.video.folder import FrameFolder, by_number
from vadlit.video.framing import Framing

LABELS = "labels.json"


class Folder(SequenceDataModule):
    """`ROOT/{train,val,test}/EVENT`, each event a video or a folder of frames.

    Labels are `EVENT.json` beside a video and `EVENT/labels.json` in a folder; an event without
    is normal. Training and validation are normal throughout. Hidden files are left out.

    Args:
        root: The folder.
        settings: As for `SequenceDataModule`.
    """

    def __init__(self, *, root: str | None, **settings: Any) -> None:
        super().__init__(**settings)
        self.root = root

    def read(self) -> Splits:
        """Find the events of every split, in natural order of their names."""
        if not isinstance(self.root, str):
            raise UserError(
                f"data.root is {'null' if self.root is None else self.root}; allowed is a folder "
                "that holds train, val and test."
            )
        root = Path(self.root).expanduser()
        # All are found before any is read: to count the frames of new videos takes its time.
        places = [find_events(root / split) for split in ("train", "val", "test")]
        train, val, test = map(self._events, places)
        for event in (*train, *val):
            _require_normal(event)
        return Splits(train, val, test)

    def framing(self) -> Framing:
        """What `vadlit prepare` did, where it made the folder."""
        return prepared.framing(Path(str(self.root)).expanduser())

    def _events(self, places: list[Path]) -> tuple[Event, ...]:
        with tqdm(places, "counting frames", unit="event", disable=None, leave=False) as bar:
            return tuple(read_event(place, self.cache_dir) for place in bar)


def find_events(split: Path) -> list[Path]:
    """The folders and videos of a split, in natural order: `cam9` before `cam10`.

    Raises:
        UserError: It is missing or empty, or holds anything else, two events of one name, or
            labels of no video.
    """
    if not split.is_dir():
        raise UserError(
            f"There is no folder {split}; allowed as data.root is a folder that holds train, val "
            "and test."
        )
    visible = [path for path in split.iterdir() if not path.name.startswith(".")]
    labels = [path for path in visible if path.suffix == ".json" and not path.is_dir()]
    events = sorted({*visible} - {*labels}, key=by_number)
    for event in events:
        _require_footage(event)
    if not events:
        raise UserError(f"The split {split} is empty; allowed are one or more events.")
    _require_unique_names(events)
    videos = {_labels_of(event) for event in events if not event.is_dir()}
    for file in sorted({*labels} - videos):
        raise UserError(
            f"The labels {file} belong to no video; allowed is the name of a video beside it, and "
            f"{LABELS} inside a folder of frames."
        )
    return events


def read_event(place: Path, cache_dir: Path) -> Event:
    """Open a folder of frames or a video with its labels.

    Args:
        place: The folder or the video.
        cache_dir: Where the number of a video's frames is remembered.

    Raises:
        UserError: The footage cannot be read, or its labels are malformed.
    """
    frames = FrameFolder.open(place) if place.is_dir() else _video(place, cache_dir)
    file = _labels_of(place)
    labels = read_labels(file, len(frames)) if file.exists() else Labels()
    rate = labels.frame_rate or _stated_rate(place)
    return Event(_name(place), frames, labels.anomalous, bait=labels.bait, frame_rate=rate)


def _video(file: Path, cache_dir: Path) -> Counted:
    video = VideoFile(file)
    return Counted(video, count_frames(video, cache_dir))


def _stated_rate(place: Path) -> float | None:
    return None if place.is_dir() else VideoFile(place).frame_rate


def _name(place: Path) -> str:
    return place.name if place.is_dir() else place.stem


def _labels_of(place: Path) -> Path:
    return place / LABELS if place.is_dir() else place.with_suffix(".json")


def _require_footage(event: Path) -> None:
    if event.is_dir():
        for file in _other_labels(event):
            raise UserError(f"The file {file} is not read; allowed as labels is {LABELS} there.")
    elif event.suffix.lower() not in VIDEO_SUFFIXES:
        raise UserError(f"{event} is no event; allowed are folders of frames and {VIDEOS} files.")


def _other_labels(folder: Path) -> Iterator[Path]:
    """JSON files that someone may take for labels: what they state must not be passed over."""
    for file in sorted(folder.glob("*.json")):
        if file.name != LABELS and not file.name.startswith("."):
            yield file


def _require_unique_names(events: list[Path]) -> None:
    name, times = Counter(map(_name, events)).most_common(1)[0]
    if times > 1:
        same = " and ".join(event.name for event in events if _name(event) == name)
        raise UserError(
            f"{same} in {events[0].parent} are events of one name; allowed is one each."
        )


def _require_normal(event: Event) -> None:
    if event.anomalous:
        raise UserError(
            f"{_labels_of(event.place)} states anomalous frames; allowed in train and val is "
            "normal footage alone."
        )
