"""All numbers of an evaluation, each under its own name."""

from collections.abc import Mapping, Sequence

from vadlit.evaluation.cases import Confusion, case_auroc, case_confusion, frame_confusion
from vadlit.evaluation.roc import frame_auroc, frame_auroc_macro, frame_auroc_normalised
from vadlit.evaluation.scores import EventScores
from vadlit.scoring.smoothing import smooth

FIRST_SCORED = 4  # a sequence has four inputs, so the fifth frame is the first to be scored

Report = dict[str, float | int | str | None]


def report(events: Sequence[EventScores], threshold: float, window: int) -> Report:
    """The numbers of one evaluation, flat and ready for JSON.

    - `frame_auroc`: over all frames of all events (micro), raw cue.
    - `frame_auroc_smoothed`: the same of the scores, which are causal.
    - `frame_auroc_centred`: the same of the raw cue under a centred `window`.
    - `frame_auroc_macro`, `macro_events`: mean over the events with both labels, raw cue.
    - `frame_auroc_normalised`: micro of the raw cue stretched to [0, 1] in each event.
    - `case_auroc`: over cases, scores (thesis section 4.1.1).
    - `frame_...`, `case_...`: counts and rates of the scores above `threshold`.

    An AUROC or rate that is not defined is None, and `auroc_missing_because` says why (else None).
    """
    cues, labels = [event.cue for event in events], [event.labels for event in events]
    centred = [smooth(cue, window, centred=True) for cue in cues]
    macro, macro_events = frame_auroc_macro(cues, labels)
    frames, cases = frame_confusion(events, threshold), case_confusion(events, threshold)
    return {
        "frame_auroc": frame_auroc(cues, labels),
        "frame_auroc_smoothed": frame_auroc([event.score for event in events], labels),
        "frame_auroc_centred": frame_auroc(centred, labels),
        "frame_auroc_macro": macro,
        "macro_events": macro_events,
        "frame_auroc_normalised": frame_auroc_normalised(cues, labels),
        "case_auroc": case_auroc(events),
        "auroc_missing_because": _missing_label(frames),
        "threshold": float(threshold),
        "window": window,
        "events": len(events),
        **_counts("frame", frames),
        **_counts("case", cases),
    }


def assert_every_frame_scored(events: Sequence[EventScores], lengths: Mapping[str, int]) -> int:
    """Assert that all frames from the fifth on of all events are scored, and once.

    Args:
        events: What was scored.
        lengths: The frames of every test event, by its name.

    Returns:
        The count of scored frames.
    """
    scored = sorted((event.event, event.first, len(event)) for event in events if len(event))
    due = sorted(
        (name, FIRST_SCORED, length - FIRST_SCORED)
        for name, length in lengths.items()
        if length > FIRST_SCORED
    )
    assert scored == due, f"(event, first, count) scored and due differ: {set(scored) ^ set(due)}"
    return sum(map(len, events))


def _counts(kind: str, counts: Confusion) -> Report:
    anomalous = counts.true_positives + counts.false_negatives
    return {
        f"{kind}s_scored": sum(counts),
        f"{kind}s_anomalous": anomalous,
        **{f"{kind}_{name}": count for name, count in counts._asdict().items()},
        f"{kind}_true_positive_rate": counts.true_positive_rate,
        f"{kind}_false_positive_rate": counts.false_positive_rate,
    }


def _missing_label(frames: Confusion) -> str | None:
    if not sum(frames):
        return "no frame is scored"
    if frames.true_positive_rate is None:
        return "no scored frame is anomalous"
    if frames.false_positive_rate is None:
        return "no scored frame is normal"
    return None
