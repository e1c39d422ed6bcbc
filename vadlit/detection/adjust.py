"""Another threshold or alarm for a trained detector, without its data set."""

from typing import Any

from vadlit.config import Config, build
from vadlit.detector import Detector


def adjust(detector: Detector, settings: Config) -> None:
    """Take what settings name of `threshold`, `alarm` and `level` in place of what was trained.

    Args:
        detector: A threshold is fitted on the validation scores that it has kept.
        settings: The configurations of a threshold and of an alarm, and a level of one's own; what
            is None or missing stays.

    Raises:
        UserError: One of them is not allowed, or does not fit the validation scores.
    """
    if settings.get("alarm") is not None:
        detector.config["alarm"] = settings["alarm"]
        # Each piece of footage has an alarm of its own: a mistake is to be told before the first.
        detector.alarm(1.0)
    if settings.get("threshold") is not None:
        detector.config["threshold"] = settings["threshold"]
        threshold: Any = build(settings["threshold"], "vadlit.scoring")
        threshold.fit(detector.normal, detector.framing.frame_rate)
        detector.threshold = threshold
    if settings.get("level") is not None:
        detector.threshold.move(settings["level"])
