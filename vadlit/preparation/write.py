"""Events written to disk as folders of JPEG files, each whole or absent.

An event grows in `OUT/.part` and moves to its place when its last frame is there. An interrupted
run leaves its files in `OUT/.part`; the next one goes over the footage again but encodes only what
is missing.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from vadlit.data.labels import Labels, read_labels, write_labels
from vadlit.disk import writing
from vadlit.errors import UserError
from vadlit.preparation.frames import Image, cut, is_whole, jpeg
from vadlit.preparation.observe import Grey, Observed, Observer, look
from vadlit.preparation.plan import FEWEST, Planned
from vadlit.preparation.settings import Settings
from vadlit.video.frame import Frame

THREADS = os.cpu_count() or 1
WAITING = 4 * THREADS  # frames that wait for a thread, held in memory
PART = ".part"


@dataclass(frozen=True, eq=False)
class Growing:
    """An event that is being written.

    Args:
        event: What it is to be.
        place: Its folder in the end.
        part: Where it grows; None where it is in its place already.
    """

    event: Planned
    place: Path
    part: Path | None


@dataclass(frozen=True)
class Task:
    """One frame of one event."""

    growing: Growing
    number: int
    image: Image


def write_events(
    events: Sequence[Planned], settings: Settings, progress: Callable[[int], object]
) -> Observed:
    """Write the events of one piece of footage in one pass over it.

    Args:
        events: In order of time.
        settings: Where to, and at which size and quality.
        progress: Called with the number of frames just done.

    Returns:
        What was seen of the normal frames on the way.

    Raises:
        UserError: The footage breaks off in an event, or the disk is full or refuses.
    """
    observer, done = Observer(), 0
    frames = _counted(events[0].source.footage.frames(), observer.observed)
    with writing_data_set(settings.out):
        growing = [_begun(event, settings) for event in events]
        made = _made(tasks(frames, growing), settings)
        for one, group in groupby(made, key=lambda pair: pair[0].growing):
            observer.begin()
            count = 0
            for task, grey in group:
                count += 1
                progress(1)
                if not is_anomalous(one.event, task.number):
                    observer.see(grey)
            _finish(one, count)
            done += 1
    if done < len(events):
        raise _breaks_off(events[done], 0)
    return observer.observed


def tasks(frames: Iterable[Frame], growing: Sequence[Growing]) -> Iterator[Task]:
    """Give each frame of the footage, to the last one, to the places that it has in events."""
    places = ((one, n, pick) for one in growing for n, pick in enumerate(one.event.picks.tolist()))
    place = next(places, None)
    for frame in frames:
        while place is not None and place[2] == frame.index:
            yield Task(place[0], place[1], frame.image)
            place = next(places, None)


def _counted(frames: Iterable[Frame], observed: Observed) -> Iterator[Frame]:
    """The frames, and how many there were."""
    for frame in frames:
        observed.decoded = frame.index + 1
        yield frame


def is_anomalous(event: Planned, number: int) -> bool:
    """Whether a frame is labelled so."""
    return any(first <= number <= last for first, last in event.labels.anomalous)


def _begun(event: Planned, settings: Settings) -> Growing:
    """The place where an event grows: another one for what is made another way."""
    place = settings.out / event.key
    if place.exists():
        return Growing(event, place, None)
    made = json.dumps([event.key, event.provenance(settings)]).encode()
    part = settings.out / PART / hashlib.sha256(made).hexdigest()[:16]
    part.mkdir(parents=True, exist_ok=True)
    return Growing(event, place, part)


def _finish(growing: Growing, count: int) -> None:
    """Put an event in its place, with its labels; broken footage may have cut it short."""
    if count < FEWEST:
        raise _breaks_off(growing.event, count)
    if growing.part is not None:
        growing.place.parent.mkdir(parents=True, exist_ok=True)
        write_labels(growing.part / "labels.json", _of_first(growing.event, count))
        growing.part.replace(growing.place)


def _breaks_off(event: Planned, count: int) -> UserError:
    return UserError(
        f"The footage {event.source.path} breaks off: {event.key} gets {count} frames; "
        f"allowed are {FEWEST} or more."
    )


def relabel(event: Planned, settings: Settings) -> bool:
    """Bring the labels of a whole event up to date; True where they changed."""
    count = _written(event, settings)
    labels, file = _of_first(event, count), settings.out / event.key / "labels.json"
    if file.exists() and read_labels(file, count) == labels:
        return False
    write_labels(file, labels)
    return True


def as_written(event: Planned, settings: Settings) -> Planned:
    """What a whole event has become: broken footage may have cut it short."""
    count = _written(event, settings)
    return replace(event, picks=event.picks[:count], labels=_of_first(event, count))


def _written(event: Planned, settings: Settings) -> int:
    place = settings.out / event.key
    return sum(1 for file in place.iterdir() if file.suffix == ".jpg")


def _made(todo: Iterator[Task], settings: Settings) -> Iterator[tuple[Task, Grey]]:
    """Crop, resize and write in threads while the next frames are decoded; in order."""
    waiting: deque[tuple[Task, Future[Grey]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for task in todo:
                waiting.append((task, pool.submit(_make, task, settings)))
                if len(waiting) > WAITING:
                    done, grey = waiting.popleft()
                    yield done, grey.result()
            while waiting:
                done, grey = waiting.popleft()
                yield done, grey.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _make(task: Task, settings: Settings) -> Grey:
    image = cut(task.image, task.growing.event.roi, settings.size)
    if task.growing.part is not None:
        file = task.growing.part / f"{task.number:06d}.jpg"
        if not is_whole(file):
            file.write_bytes(jpeg(image, settings.quality))
    return look(image)


def _of_first(event: Planned, count: int) -> Labels:
    """The labels of an event's first frames."""
    labels = event.labels
    anomalous = ((a, min(b, count - 1)) for a, b in labels.anomalous if a < count)
    bait = ((a, min(b, count - 1), kind) for a, b, kind in labels.bait if a < count)
    return Labels(labels.frame_rate, tuple(anomalous), tuple(bait))


def writing_data_set(out: Path) -> AbstractContextManager[None]:
    """Turn an error of the disk into a sentence."""
    advice = "make room there and run the same command again, which goes on where it stopped"
    return writing(f"The data set {out}", advice)
