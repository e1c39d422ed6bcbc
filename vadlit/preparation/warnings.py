"""What will hurt a model trained on this footage: each a sentence that says what to do, or None."""

from collections.abc import Sequence

import numpy as np

from vadlit.preparation.observe import Observed
from vadlit.progress import duration

REPEATS = 0.05  # share of frames
JUMP, JUMPS = 3.0, 3  # levels of 255 from one frame to the next; how often it may happen
DRIFT = 12.0  # levels of 255
SHAKE = 0.5  # pixels of a frame as it is trained on
STILL = 0.9  # share of frames
ENOUGH = {"train": 300.0, "val": 60.0}  # seconds; the thesis has 300 to 480, and 120 to 240


def warnings(name: str, observed: Observed, rate: float, width: int) -> list[str]:
    """All warnings of one piece of footage.

    Args:
        name: What to call it.
        observed: What was measured of its frames.
        rate: Frames a second as written.
        width: Of a frame as written, pixels.
    """
    sentences = (
        repeated_frames(observed.repeats, observed.moves, rate),
        jumping_exposure(observed.jumps),
        drifting_exposure(observed.levels),
        shaking_camera([pixels * width / observed.width for pixels in observed.jitter]),
        little_motion(observed.moves),
    )
    return [f"{name}: {sentence}" for sentence in sentences if sentence]


def repeated_frames(repeats: Sequence[bool], moves: Sequence[bool], rate: float) -> str | None:
    """Frames stored twice, as happens where footage was converted to a higher rate."""
    share = _share(repeats)
    # Where nothing moves, frames are alike by nature, and `little_motion` says so.
    if share <= REPEATS or _share(moves) <= 1 - STILL:
        return None
    return (
        f"{share:.0%} of the frames repeat the one before, which teaches a model that the next "
        f"frame is the last one; set rate={rate * (1 - share):.3g} or less."
    )


def jumping_exposure(jumps: Sequence[float]) -> str | None:
    """The whole picture brighter or darker from one frame to the next."""
    found = np.abs([jump for jump in jumps if abs(jump) > JUMP])
    if len(found) <= JUMPS:
        return None
    return (
        f"the whole picture's brightness jumps {len(found)} times, by up to {found.max():.0f} of "
        "255 levels; lock the camera's exposure, keep the lamps steady, or train with "
        "augmentation=lighting."
    )


def drifting_exposure(levels: Sequence[float]) -> str | None:
    """The whole picture brighter or darker over time."""
    low, high = np.percentile(levels or [0.0], (2, 98))
    if high - low <= DRIFT:
        return None
    return (
        f"the whole picture's brightness drifts over {high - low:.0f} of 255 levels; lock the "
        "camera's exposure, screen daylight off, or train with augmentation=lighting."
    )


def shaking_camera(pixels: Sequence[float]) -> str | None:
    """The whole picture jitters."""
    typical = float(np.percentile(pixels, 75)) if len(pixels) else 0.0
    if typical <= SHAKE:
        return None
    return (
        f"the picture shakes by about {typical:.1f} pixels from frame to frame; mount the camera "
        "firmly or stabilise the footage."
    )


def little_motion(moves: Sequence[bool]) -> str | None:
    """Stills: copying the last frame would be a perfect prediction."""
    still = 1 - _share(moves)
    if not moves or still <= STILL:
        return None
    return (
        f"nothing moves in {still:.0%} of the frames, from which a model learns a still picture; "
        "cut out the stops, or choose a roi where things move (roi=auto)."
    )


def little_footage(split: str, seconds: float) -> str | None:
    """Too little to learn from or to set a threshold by."""
    if seconds >= ENOUGH[split]:
        return None
    return f"{split} has {duration(seconds)} of footage; record {duration(ENOUGH[split])} or more."


def _share(flags: Sequence[bool]) -> float:
    return float(np.mean(flags)) if flags else 0.0
