"""All numbers of an evaluation, each under its own name."""

from collections.abc import Mapping, Sequence

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.evaluation.bootstrap import auroc_interval
from vadlit.evaluation.cases import Confusion, case_confusion, case_scores, frame_confusion
from vadlit.evaluation.operating import frame_average_precision, frame_eer
from vadlit.evaluation.roc import frame_auroc, frame_auroc_macro, frame_auroc_normalised
from vadlit.evaluation.scores import Bools, EventScores, Floats
from vadlit.scoring.smoothing import smooth

Report = dict[str, float | int | str | None]


def report(
    events: Sequence[EventScores], flagged: Sequence[Bools], threshold: float, window: int
) -> Report:
    """The numbers of one evaluation that follow from scores, flat and ready for JSON.

    - What `measures` gives.
    - `frame_...`, `case_...`: counts and rates of what is flagged.

    Args:
        events: What was scored.
        flagged: For each event (n,) True where the score is above its threshold.
        threshold: As fitted; it may move from there.
        window: What scores are averaged over.
    """
    return {
        **measures(events, window),
        "threshold": float(threshold),
        "window": window,
        "events": len(events),
        **_counts("frame", frame_confusion(events, flagged)),
        **_counts("case", case_confusion(events, flagged)),
    }


def measures(events: Sequence[EventScores], window: int) -> Report:
    """The numbers that need no threshold.

    - `frame_auroc`: over all frames of all events (micro), raw cue.
    - `frame_auroc_smoothed`: the same of the scores, which are causal.
    - `frame_auroc_centred`: the same of the raw cue under a centred `window`.
    - `frame_auroc_mixed`: as smoothed, but only over the events that hold both labels.
    - `frame_auroc_macro`: mean over those `macro_events`, raw cue.
    - `frame_auroc_normalised`: micro of the raw cue stretched to [0, 1] in each event.
    - `case_auroc`: over cases, scores (thesis section 4.1.1).
    - `frame_eer`, `frame_average_precision`, and both `_smoothed`: micro.
    - `..._low`, `..._high`: the 95 % interval of some, over events drawn anew.

    What is not defined is None; where that is for want of a label, `auroc_missing_because` says of
    which (else None).
    """
    labels = [event.labels for event in events]
    cues, scores = [event.cue for event in events], [event.score for event in events]
    centred = [smooth(cue, window, centred=True) for cue in cues]
    macro, macro_events = frame_auroc_macro(cues, labels)
    cases = [case_scores([event]) for event in events]
    return {
        **_auroc("frame_auroc", cues, labels),
        **_auroc("frame_auroc_smoothed", scores, labels),
        **_auroc("frame_auroc_centred", centred, labels),
        "frame_auroc_mixed": _mixed(events),
        "frame_auroc_macro": macro,
        "macro_events": macro_events,
        "frame_auroc_normalised": frame_auroc_normalised(cues, labels),
        **_auroc("case_auroc", [case[0] for case in cases], [case[1] for case in cases]),
        "frame_eer": frame_eer(cues, labels),
        "frame_eer_smoothed": frame_eer(scores, labels),
        "frame_average_precision": frame_average_precision(cues, labels),
        "frame_average_precision_smoothed": frame_average_precision(scores, labels),
        "auroc_missing_because": _missing_label(labels),
    }


def _auroc(name: str, scores: Sequence[Floats], labels: Sequence[Bools]) -> Report:
    low, high = auroc_interval(scores, labels) or (None, None)
    return {name: frame_auroc(scores, labels), f"{name}_low": low, f"{name}_high": high}


def _mixed(events: Sequence[EventScores]) -> float | None:
    chosen = [event for event in events if event.labels.any() and not event.labels.all()]
    return frame_auroc([event.score for event in chosen], [event.labels for event in chosen])


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
        (name, INPUT_FRAMES, length - INPUT_FRAMES)
        for name, length in lengths.items()
        if length > INPUT_FRAMES
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


def _missing_label(labels: Sequence[Bools]) -> str | None:
    if not sum(map(len, labels)):
        return "no frame is scored"
    if not any(x.any() for x in labels):
        return "no scored frame is anomalous"
    return "no scored frame is normal" if all(x.all() for x in labels) else None
