"""A line's data set, written event by event."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from tqdm import tqdm

from vadlit.claim import require_own, writing_alone
from vadlit.data.labels import Labels, write_labels
from vadlit.data.whole import write_whole
from vadlit.errors import UserError
from vadlit.simulation.film import Studio
from vadlit.simulation.line import Plan
from vadlit.simulation.settings import Settings
from vadlit.video.write import VideoWriter

RECORD = "simulated.json"
PART = ".part"


def simulate(settings: Settings) -> list[Path]:
    """Write `OUT/{train,val,test}/EVENT.mp4` with `EVENT.json` beside it; return the videos.

    An event appears when it is whole, and one that is there is kept.

    Raises:
        UserError: The folder holds something else or the events of other settings, is written to
            by another process, or cannot be written.
    """
    require_own(settings.out, RECORD, "simulate")
    with writing_alone(settings.out):
        _note(settings)
        return _filmed(settings)


def _filmed(settings: Settings) -> list[Path]:
    """Film what is missing."""
    places = {plan: settings.out / plan.split / f"{plan.name}.mp4" for plan in settings.plans}
    missing = [plan for plan, place in places.items() if not _whole(place)]
    if missing:
        frames = sum(round(plan.seconds * settings.rate) for plan in missing)
        with tqdm(total=frames, unit="frame", desc="setting up", mininterval=1) as bar:
            studio = settings.studio()
            bar.reset()  # compiling is over: the estimate is that of filming
            for plan in missing:
                bar.set_description(f"{plan.split}/{plan.name}")
                _write(studio, plan, places[plan], settings, bar.update)
    with suppress(OSError):
        (settings.out / PART).rmdir()
    return list(places.values())


def _write(
    studio: Studio, plan: Plan, place: Path, settings: Settings, progress: Callable[[], object]
) -> None:
    """Write an event where nobody looks, and move it to its place when it is whole."""
    anomalous: list[bool] = []
    baits: list[tuple[str, ...]] = []
    part = settings.out / PART / place.name
    with VideoWriter(part, settings.size, settings.rate) as video:
        for shot in studio.film(plan):
            video.write(shot.image)
            anomalous.append(shot.anomalous)
            baits.append(shot.bait)
            progress()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # First the labels: a video without them would count as normal.
        write_labels(place.with_suffix(".json"), _labels(anomalous, baits, settings.rate))
        part.replace(place)
    except OSError as error:
        raise UserError(f"{place} cannot be written: {error.strerror}.") from error


def _labels(anomalous: list[bool], baits: list[tuple[str, ...]], rate: float) -> Labels:
    kinds = sorted({kind for bait in baits for kind in bait})
    ranges = [
        (first, last, kind)
        for kind in kinds
        for first, last in runs(kind in bait for bait in baits)
    ]
    return Labels(rate, tuple(runs(anomalous)), tuple(sorted(ranges)))


def runs(flags: Iterable[bool]) -> list[tuple[int, int]]:
    """First and last of every run that is true.

    >>> runs([True, True, False, True])
    [(0, 1), (3, 3)]
    """
    found = []
    for flag, run in groupby(enumerate(flags), key=lambda pair: pair[1]):
        numbers = [number for number, _ in run]
        if flag:
            found.append((numbers[0], numbers[-1]))
    return found


def _whole(place: Path) -> bool:
    return place.is_file() and place.with_suffix(".json").is_file()


def _note(settings: Settings) -> None:
    """Note the settings in the folder; one data set has one kind of footage."""
    record = settings.out / RECORD
    events = {
        f"{plan.split}/{plan.name}": {
            "seconds": plan.seconds,
            "anomaly": [*plan.anomaly],
            "bait": [*plan.bait],
        }
        for plan in settings.plans
    }
    try:
        held = json.loads(record.read_text()) if record.exists() else {}
        known = held.pop("events", {})
        if held and held != settings.stated:
            differs = [key for key in settings.stated if held.get(key) != settings.stated[key]]
            raise UserError(
                f"{settings.out} holds events of another {', '.join(differs)}; allowed is an empty "
                "folder, or the settings that it was begun with."
            )
        for name, event in events.items():
            if known.get(name, event) != event:
                raise UserError(
                    f"{settings.out} holds {name} with {known[name]}, not {event}; allowed is an "
                    "empty folder, or what the event was begun with."
                )
        write_whole(record, json.dumps(settings.stated | {"events": known | events}, indent=2))
    except (OSError, ValueError) as error:
        raise UserError(f"{record} cannot be read or written: {error}.") from error
