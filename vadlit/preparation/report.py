"""What `vadlit prepare` tells of a data set."""

from collections.abc import Sequence

from vadlit.preparation.plan import Planned
from vadlit.preparation.prepare import Prepared
from vadlit.preparation.settings import Settings
from vadlit.preparation.sources import Source
from vadlit.progress import duration

SPLITS = ("train", "val", "test")


def report(prepared: Prepared, settings: Settings) -> list[str]:
    """Lines for a person: the footage, the ROI, the splits, what will hurt."""
    lines = [_footage(source) for source in prepared.sources]
    lines.append(_frame(prepared.events[0], settings))
    lines += [_split(name, _of(name, prepared.events)) for name in SPLITS]
    lines += [f"warning: {warning}" for warning in prepared.warnings]
    return [*lines, _end(prepared)]


def _footage(source: Source) -> str:
    height, width = source.picture
    line = source.timeline
    labels = "no labels, so all normal"
    if source.labels:
        labels = f"{len(source.labels.anomalous)} anomalous ranges in {source.labelled_by}"
    return (
        f"{source.path}: {width}x{height}, {len(line)} frames, {line.rate:.5g} a second, "
        f"{duration(line.seconds)}; {labels}"
    )


def _frame(event: Planned, settings: Settings) -> str:
    height, width = settings.size
    return f"roi={event.roi} resized to {width}x{height}, {event.labels.frame_rate:.5g} a second"


def _split(name: str, events: Sequence[Planned]) -> str:
    frames = sum(len(event.picks) for event in events)
    anomalous = sum(last - first + 1 for e in events for first, last in e.labels.anomalous)
    seconds = sum(event.seconds for event in events)
    end = f", {anomalous} of them anomalous" if name == "test" else ""
    if not events:
        return f"{name:6}none; labels of the footage, or test=FOOTAGE, would make one"
    return f"{name:6}{_events(len(events))}, {frames} frames{end}, {duration(seconds)}"


def _end(prepared: Prepared) -> str:
    told = ((prepared.written, "written"), (prepared.relabelled, "with new labels"))
    changes = [f"{_events(len(events))} {how}" for events, how in told if events]
    done = ", ".join(changes) or "all was there already"
    return f"{prepared.out}: {done}; next: vadlit train data=folder data.root={prepared.out}"


def _events(count: int) -> str:
    return f"{count} event{'s' * (count != 1)}"


def _of(name: str, events: Sequence[Planned]) -> list[Planned]:
    return [event for event in events if event.split == name]
