"""Score the validation and the test split with a detector, and with the baseline beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
from tqdm import tqdm

from vadlit.data.module import SequenceDataModule
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.detector import Detector, FrameScore, assemble
from vadlit.evaluation.report import Report, assert_every_frame_scored, report
from vadlit.evaluation.scores import Bools, EventScores

COPY = {"_target_": "vadlit.scoring.cues.copy_psnr.CopyPSNR"}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What came out.

    Attributes:
        val: Scores of the validation events, which the threshold was fitted on.
        test: Scores of the test events.
        threshold: In the unit of the scores.
        report: All numbers, those of the copy baseline under names with `copy_` before them.
        examples: A normal and an anomalous frame of each test event that has them, by name.
    """

    val: list[EventScores]
    test: list[EventScores]
    threshold: float
    report: Report
    examples: dict[str, FrameScore]


def evaluate(detector: Detector, data: SequenceDataModule) -> Evaluation:
    """Fit the detector's threshold on the validation split and evaluate the test split.

    Args:
        detector: Its threshold is fitted here.
        data: Attached to the detector's encoder, and set up for the test.
    """
    if detector.cue.learns:
        detector.learn(data.normal(), data.val)
    copy = assemble(detector.predictor, detector.config | {"cue": COPY})
    frames = sum(len(event) for event in (*data.val, *data.test))
    with tqdm(total=2 * frames, desc="scoring", unit="frame", disable=None, leave=False) as bar:
        val, test = _score(detector, data, bar)
        _, copy_test = _score(copy, data, bar)
    baseline = _report(copy, copy_test)
    numbers = _report(detector, test) | {
        f"copy_{name}": value for name, value in baseline.items() if "auroc" in name
    }
    examples = _examples(detector, test, data.test)
    return Evaluation(val, test, detector.threshold.value, numbers, examples)


def score_frames(
    detector: Detector, stored: StoredEvent, frames: range
) -> Iterator[FrameScore | None]:
    """Show frames of an event to the detector, with their features where the store holds them."""
    detector.reset()
    known = all(tap in stored.arrays for tap in detector.taps)
    for number in frames:
        features = {tap: stored.array(tap)[number] for tap in detector.taps} if known else None
        yield detector.see(stored.array("frames")[number], features)


def _score(
    detector: Detector, data: SequenceDataModule, bar: "tqdm[NoReturn]"
) -> tuple[list[EventScores], list[EventScores]]:
    val = [_event_scores(detector, event, bar) for event in data.val]
    detector.threshold.fit(np.concatenate([event.score for event in val]))
    test = [_event_scores(detector, event, bar) for event in data.test]
    assert_every_frame_scored(test, {event.event.name: len(event) for event in data.test})
    return val, test


def _event_scores(detector: Detector, stored: StoredEvent, bar: "tqdm[NoReturn]") -> EventScores:
    found = []
    for score in score_frames(detector, stored, range(len(stored))):
        bar.update()
        if score is not None:
            found.append((score.cue, score.score))
    cues, scores = np.array(found, np.float64).T
    labels = stored.event.labels()[INPUT_FRAMES:]
    return EventScores(stored.event.name, INPUT_FRAMES, cues, scores, labels)


def _report(detector: Detector, test: Sequence[EventScores]) -> Report:
    return report(test, detector.threshold.value, detector.config["window"])


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
                examples[f"{scores.event}-{name}"] = _revisit(detector, event, frame)
    return examples


def _median_frame(scores: EventScores, chosen: Bools) -> int:
    frames, cues = scores.frames[chosen], scores.cue[chosen]
    return int(frames[np.argsort(cues, kind="stable")[len(cues) // 2]])


def _revisit(detector: Detector, stored: StoredEvent, frame: int) -> FrameScore:
    """See one frame again, after no more of its past than a prediction needs."""
    *_, score = score_frames(detector, stored, range(frame - INPUT_FRAMES, frame + 1))
    assert score is not None
    return replace(score, frame=frame)
