"""Score the validation and the test split with a detector, and with the baseline beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

import numpy as np
from tqdm import tqdm

from vadlit.data.events import Event
from vadlit.data.module import SequenceDataModule
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.detector import Detector, FrameScore, assemble
from vadlit.evaluation.alarms import alarm_report
from vadlit.evaluation.localisation import Maps
from vadlit.evaluation.maps import (
    NO_MEASURES,
    cells_of,
    localisation_report,
    masks_missing,
    truth_of,
)
from vadlit.evaluation.report import Report, assert_every_frame_scored, measures, report
from vadlit.evaluation.scores import Bools, EventScores, Floats
from vadlit.evaluation.truth import joined
from vadlit.scoring.quantity import Quantity

COPY = {"_target_": "vadlit.scoring.cues.copy_psnr.CopyPSNR"}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What came out.

    Attributes:
        val: Scores of the validation events, which the threshold was fitted on.
        test: Scores of the test events.
        levels: For each event of `val` and of `test`, what its scores are compared with, (n,).
        raised: For each test event (n,) True on the scored frames with the alarm on.
        threshold: As fitted, in the unit of the scores; levels may move from there.
        report: All numbers, those of the copy baseline under names with `copy_` before them.
        examples: A normal and an anomalous frame of each test event that has them, by name.
        quantity: What the scores are.
    """

    val: list[EventScores]
    test: list[EventScores]
    levels: dict[str, list[Floats]]
    raised: list[Bools]
    threshold: float
    report: Report
    examples: dict[str, FrameScore]
    quantity: Quantity


class _Scored(NamedTuple):
    scores: EventScores
    maps: Maps
    changed: Bools


def evaluate(detector: Detector, data: SequenceDataModule) -> Evaluation:
    """Fit the detector's threshold on the validation split and evaluate the test split.

    Args:
        detector: Its threshold is fitted here.
        data: Attached to the detector's encoder, and set up for the test.
    """
    events = [stored.event for stored in data.test]
    rehearse(detector, [stored.event for stored in data.val], events)
    if detector.cue.learns:
        detector.learn(data.normal(), data.val)
    copy = assemble(detector.predictor, detector.config | {"cue": COPY})
    missing = masks_missing(events)
    frames = sum(map(len, data.val)) + 2 * sum(map(len, data.test))
    with tqdm(total=frames, desc="scoring", unit="frame", disable=None, leave=False) as bar:
        normal = [_score(detector, event, bar, maps=False) for event in data.val]
        rate = _frame_rate([stored.event for stored in data.val])
        detector.normal = [event.scores.score for event in normal]
        detector.threshold.fit(detector.normal, rate)
        detector.framing = replace(data.framing(), frame_rate=rate)
        found, copied = (
            [_score(each, event, bar, maps=missing is None) for event in data.test]
            for each in (detector, copy)
        )
    val, test = ([event.scores for event in scored] for scored in (normal, found))
    assert_every_frame_scored(test, {event.event.name: len(event) for event in data.test})
    levels = {
        split: [detector.threshold.levels(event.scores.score, event.changed) for event in scored]
        for split, scored in (("val", normal), ("test", found))
    }
    flagged = [event.above(level) for event, level in zip(test, levels["test"], strict=True)]
    raised = [
        detector.alarm(event.frame_rate).raised(of.scores.score, levels_of, of.changed)
        for event, of, levels_of in zip(events, found, levels["test"], strict=True)
    ]
    threshold, window = detector.threshold.value, detector.config["window"]
    where, copy_where = _where(events, detector.size, missing, found, copied)
    numbers = {
        **report(test, flagged, threshold, window),
        **alarm_report(test, raised, [event.frame_rate for event in events]),
        **where,
        **_beside(measures([event.scores for event in copied], window) | copy_where),
    }
    examples = _examples(detector, test, data.test)
    quantity = detector.cue.quantity
    return Evaluation(val, test, levels, raised, threshold, numbers, examples, quantity)


def rehearse(detector: Detector, val: Sequence[Event], test: Sequence[Event]) -> None:
    """Fit the threshold to scores of nothing, and set up the alarm of each event of the test.

    What they lack is told before anything is learned.

    Raises:
        UserError: There is too little validation footage, or a frame rate is unknown.
    """
    nothing = [np.zeros(max(0, len(event.frames) - INPUT_FRAMES)) for event in val]
    detector.threshold.fit(nothing, _frame_rate(val))
    for event in test:
        detector.alarm(event.frame_rate)


def score_frames(
    detector: Detector, stored: StoredEvent, frames: range
) -> Iterator[FrameScore | None]:
    """Show frames of an event to the detector, with their features where the store holds them."""
    known = all(tap in stored.arrays for tap in detector.taps)
    shown = (
        (
            stored.array("frames")[number],
            {tap: stored.array(tap)[number] for tap in detector.taps} if known else None,
        )
        for number in frames
    )
    return detector.stream(shown)


def _score(
    detector: Detector, stored: StoredEvent, bar: "tqdm[NoReturn]", *, maps: bool
) -> _Scored:
    """The scores of an event; its maps only where they are wanted, as an hour's are large."""
    found, kept, changed = [], [], []
    for score in score_frames(detector, stored, range(len(stored))):
        bar.update()
        if score is not None:
            found.append((score.cue, score.score))
            changed.append(score.changed)
            kept += [cells_of(score.map)] if maps else []
    cues, scores = np.array(found, np.float64).T
    labels = stored.event.labels()[INPUT_FRAMES:]
    event = EventScores(stored.event.name, INPUT_FRAMES, cues, scores, labels)
    return _Scored(event, np.array(kept, np.float32), np.array(changed, bool))


def _frame_rate(events: Sequence[Event]) -> float | None:
    """Frames a second of all events; None where one's is unknown or they differ."""
    rates = {event.frame_rate for event in events}
    return rates.pop() if len(rates) == 1 else None


def _where(
    events: Sequence[Event],
    size: tuple[int, int],
    missing: str | None,
    *detectors: Sequence[_Scored],
) -> list[Report]:
    """The numbers of where of each detector's maps; the masks are read once."""
    if missing is not None:
        return [NO_MEASURES | {"localisation_missing_because": missing} for _ in detectors]
    truth = joined([truth_of(event, INPUT_FRAMES, size) for event in events])
    return [
        localisation_report(np.concatenate([event.maps for event in found]), truth)
        for found in detectors
    ]


def _beside(baseline: Report) -> Report:
    """The measures of the copy baseline under its names; the events and reasons are the same."""
    return {
        f"copy_{name}": value
        for name, value in baseline.items()
        if not name.endswith(("_events", "_because"))
    }


def _examples(
    detector: Detector, test: Sequence[EventScores], stored: Sequence[StoredEvent]
) -> dict[str, FrameScore]:
    """The normal and the anomalous frame of median cue of each event: neither best nor worst."""
    if "prediction" not in detector.cue.needs:
        return {}
    examples = {}
    for scores, event in zip(test, stored, strict=True):
        for name, chosen in (("normal", ~scores.labels), ("anomalous", scores.labels)):
            if chosen.any():
                frame = _median_frame(scores, chosen)
                seen = _revisit(detector, event, frame)
                cue = float(scores.cue[frame - scores.first])
                examples[f"{scores.event}-{name}"] = replace(seen, frame=frame, cue=cue)
    return examples


def _median_frame(scores: EventScores, chosen: Bools) -> int:
    frames, cues = scores.frames[chosen], scores.cue[chosen]
    return int(frames[np.argsort(cues, kind="stable")[len(cues) // 2]])


def _revisit(detector: Detector, stored: StoredEvent, frame: int) -> FrameScore:
    """See one frame again, after no more of its past than a prediction needs."""
    *_, score = score_frames(detector, stored, range(frame - INPUT_FRAMES, frame + 1))
    assert score is not None
    return score
