"""Footage in, a data set out; read from top to bottom."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from tqdm import tqdm

from vadlit.claim import writing_alone
from vadlit.preparation.motion import motion_energy, propose
from vadlit.preparation.observe import Observed
from vadlit.preparation.picture import roi_figure, save
from vadlit.preparation.plan import Planned, plan
from vadlit.preparation.record import Record, open_record, require_same
from vadlit.preparation.room import require_room
from vadlit.preparation.settings import AUTO, Settings
from vadlit.preparation.sources import Source, find
from vadlit.preparation.split import split
from vadlit.preparation.warnings import ENOUGH, little_footage, warnings
from vadlit.preparation.write import PART, as_written, relabel, write_events, writing_data_set
from vadlit.video.roi import Roi, in_pixels

AUTO_RATE = 10.0  # frames a second looked at for roi=auto
AUTO_FRAMES = 3000


@dataclass(frozen=True)
class Prepared:
    """What a data set has become.

    Args:
        out: Its folder.
        sources: The footage it is made of.
        events: In order, as far as the footage gave their frames.
        written: Those of them that this run has written.
        relabelled: Those of which this run has changed only the labels.
        warnings: What will hurt.
    """

    out: Path
    sources: tuple[Source, ...]
    events: tuple[Planned, ...]
    written: tuple[Planned, ...]
    relabelled: tuple[Planned, ...]
    warnings: tuple[str, ...]


def prepare(settings: Settings) -> Prepared:
    """Make a data set, or what is missing of it.

    Raises:
        UserError: Footage, labels, settings, the disk or another process do not allow it.
    """
    record = open_record(settings.out)
    train, test = find(settings)
    sources = [*train, *test]
    rois = regions(sources, train[0], settings, record)
    events = plan(train, test, rois, settings)
    require_room(_missing(events, settings), settings)
    with writing_alone(settings.out):
        return _prepared(sources, events, settings)


def _prepared(sources: Sequence[Source], events: Sequence[Planned], settings: Settings) -> Prepared:
    """Write what is missing, with nobody else writing."""
    record = open_record(settings.out)  # anew: another process may just have left
    provenance = {event.key: event.provenance(settings) for event in events}
    require_same(record.events, provenance, settings.out)
    missing = _missing(events, settings)
    relabelled = [event for event in events if event not in missing and relabel(event, settings)]
    if record.events != provenance:
        record.events = provenance
        record.roi = {"stated": settings.roi, "pixels": events[0].roi.plain()}
        record.write(settings.out)
    _draw(events[0], settings)
    _write(events, missing, settings, record)
    made = tuple(as_written(event, settings) for event in events)
    told = [*_little(made), *_short(sources, events)]
    told += [warning for s in sources for warning in record.warnings.get(s.name, ())]
    return Prepared(
        settings.out, tuple(sources), made, tuple(missing), tuple(relabelled), tuple(told)
    )


def _missing(events: Sequence[Planned], settings: Settings) -> list[Planned]:
    return [event for event in events if not (settings.out / event.key).exists()]


def regions(
    sources: Sequence[Source], first: Source, settings: Settings, record: Record
) -> list[Roi]:
    """The ROI in the pixels of each piece of footage.

    `auto` is sought where the first one trains, once: what was found is recorded.
    """
    stated = settings.roi
    if isinstance(stated, str):
        found = record.roi.get("pixels") if record.roi.get("stated") == AUTO else None
        stated = tuple(found or _where_things_move(first, settings).plain())
    return [in_pixels(stated, s.picture, str(s.path)) for s in sources]


def _where_things_move(source: Source, settings: Settings) -> Roi:
    anomalous = source.labels.anomalous if source.labels else ()
    parts = split(source.timeline.times, anomalous, settings.shares).train
    step = max(1, round(source.timeline.rate / AUTO_RATE))
    part_of = {n: part for part in parts for n in range(part[0], part[1] + 1, step)}
    frames = (frame for frame in source.footage.frames() if frame.index in part_of)
    some = islice(frames, min(len(part_of), AUTO_FRAMES))
    energy = motion_energy(
        (frame.image for frame in stretch)
        for _, stretch in groupby(some, key=lambda frame: part_of[frame.index])
    )
    return propose(energy, source.picture, settings.size, str(source.path))


def _draw(event: Planned, settings: Settings) -> None:
    source, picture = event.source, settings.out / "roi.png"
    if not picture.exists():
        figure = roi_figure(source.name, next(source.first_second()), event.roi, settings.size)
        with writing_data_set(settings.out):
            save(figure, picture)


def _write(
    events: Sequence[Planned], missing: Sequence[Planned], settings: Settings, record: Record
) -> None:
    with _bar(events, missing, record) as progress:
        for source, group in groupby(events, key=lambda event: event.source):
            of_source = list(group)
            if source.name in record.warnings and not {*of_source} & {*missing}:
                continue
            observed = write_events(of_source, settings, progress)
            record.warnings[source.name] = _warnings(source, observed, settings)
            record.write(settings.out)
    with suppress(OSError):
        shutil.rmtree(settings.out / PART)


@contextmanager
def _bar(
    events: Sequence[Planned], missing: Sequence[Planned], record: Record
) -> Iterator[Callable[[int], object]]:
    passed = {event.source.name for event in events} - record.warnings.keys()
    passed |= {event.source.name for event in missing}
    total = sum(len(event.picks) for event in events if event.source.name in passed)
    with tqdm(total=total, desc="frames", unit="frame", disable=None, leave=False) as bar:
        yield bar.update


def _warnings(source: Source, observed: Observed, settings: Settings) -> list[str]:
    rate = settings.rate or source.timeline.rate
    told = warnings(source.name, observed, rate, settings.size[1])
    if broken := _broken(source, observed.decoded):
        told.append(
            f"{source.name}: {broken}; frame numbers count the frames that decode, so look at the "
            "labels behind a break."
        )
    return told


def _broken(source: Source, decoded: int) -> str:
    """What is amiss; a decoder may drop frames without an error."""
    if source.footage.skipped:
        return f"{source.footage.skipped} packets are broken"
    planned = len(source.timeline)
    return f"{planned - decoded} of {planned} frames do not decode" if decoded < planned else ""


def _short(sources: Sequence[Source], events: Sequence[Planned]) -> list[str]:
    used = {event.source.name for event in events}
    return [
        f"{source.name}: it is too short and gives no event; record more, or set split.gap, "
        "split.margin or rate."
        for source in sources
        if source.name not in used
    ]


def _little(events: Sequence[Planned]) -> list[str]:
    seconds = {name: sum(e.seconds for e in events if e.split == name) for name in ENOUGH}
    return [told for name in ENOUGH if (told := little_footage(name, seconds[name]))]
