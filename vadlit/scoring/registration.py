"""A shaking or pushed camera: how far each frame has moved, undone before anything is compared."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from math import hypot

import numpy as np
import torch
from torch import Tensor

from vadlit.checks import check_non_negative
from vadlit.scoring.cells import Grey
from vadlit.scoring.shift import STILL, Reference, Shift, moved
from vadlit.scoring.view import MadeViews, Successive, View, spread

# Frames of normal footage that the reference is the median of.
REFERENCE_FRAMES = 50
# A shift of less than so many pixels each way is none: it costs sharpness to undo it.
LEAST = 0.1
# Frames in which a new place becomes the camera's own, or which show that it stands still.
SETTLING = 50
# It stands still while it moves less, and at another place when that is further off, in pixels.
STANDS, OFF = 0.5, 1.0


class Registration:
    """Says of each view how far its frame has moved, and moves the frame before to its side.

    What a frame is compared with is moved, not the frame: its features stay those that the encoder
    has made ahead, nothing of it is blurred, and a map lies where things are in the picture.

    A push of more than `reach`, or one after which the camera stands still at another place, makes
    the scene another one: 50 frames are `pushed` and left as they are, and then the new place is
    the camera's own. A shift that is not known is none.

    Args:
        reach: How far the camera shakes, pixels; 0 looks for no shift.

    Raises:
        UserError: `reach` is less than 0.
    """

    def __init__(self, reach: float) -> None:
        check_non_negative("cue.reach", reach)
        self.reach = reach
        self._picture: Grey = np.zeros((0, 0), np.uint8)
        self.reset()

    def learn(self, normal: Sequence[View]) -> None:
        """Take the reference from normal footage, which may shake as well."""
        if not self.reach:
            return
        greys = [normal[number].grey for number in spread(normal, REFERENCE_FRAMES)]
        one = Reference(greys[len(greys) // 2])
        shifts = [one.shift(each) or STILL for each in greys]
        middle = _median(shifts)
        back = [moved(each, middle - shift) for each, shift in zip(greys, shifts, strict=True)]
        self._know(np.median(back, axis=0).astype(np.uint8))

    def reset(self) -> None:
        """Begin a new event, with the camera where it was in normal footage."""
        self._place = STILL
        self._stood: Shift | None = None
        self._lately: deque[Shift] = deque(maxlen=SETTLING)
        self._settling = 0

    def see(self, view: View) -> View:
        """The event's next view, the camera's movement told and undone."""
        if not self.reach:
            return view
        before, now = self._shifts(view)
        pushed = self._pushed(now)
        shift, last = (STILL if pushed else self._undone(each) for each in (now, before))
        since = (shift - last).or_none(LEAST)
        if shift == since == self._place == STILL and not pushed:
            return view
        frames = [*view.frames[:-2], _moved(view.last_input, since), view.target]
        return replace(view, frames=frames, shift=shift, offset=self._place, pushed=pushed)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"reference": torch.from_numpy(self._picture)} if self.reach else {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        if self.reach:
            self._know(state["reference"].numpy())

    def _know(self, picture: Grey) -> None:
        self._picture = picture
        self._shifts = Successive(Reference(picture).shift)
        self.reset()

    def _pushed(self, found: Shift | None) -> bool:
        """Whether the camera has been pushed, now or less than 50 frames ago."""
        if found is not None:
            self._lately.append(found)
            if not self._settling and (self._far(found) or self._stays()):
                self._settling = SETTLING
                self._lately.clear()
        if not self._settling:
            return False
        self._settling -= 1
        if not self._settling and self._lately:
            self._place = self._stood = _median(self._lately)
        return True

    def _far(self, found: Shift) -> bool:
        return hypot(*(found - self._place)) > self.reach

    def _stays(self) -> bool:
        """Whether the camera stands still, and not where it stood before."""
        if len(self._lately) < SETTLING or np.ptp(self._lately, axis=0).max() > STANDS:
            return False
        here = _median(self._lately)
        self._stood = self._stood or here
        return hypot(*(here - self._stood)) > OFF

    def _undone(self, found: Shift | None) -> Shift:
        return STILL if found is None else (found - self._place).or_none(LEAST)


def registered(views: Sequence[View], registration: Registration) -> MadeViews:
    """Views with the camera's movement undone, each as if an event began with it."""

    def made(number: int) -> View:
        registration.reset()
        return registration.see(views[number])

    return MadeViews(len(views), made)


def _median(shifts: Collection[Shift]) -> Shift:
    return Shift(*np.median(list(shifts), axis=0).tolist())


def _moved(frame: Tensor, shift: Shift) -> Tensor:
    """A frame (3, H, W), moved."""
    if shift == STILL:
        return frame
    channels = [moved(channel, shift) for channel in frame.cpu().numpy()]
    return torch.from_numpy(np.stack(channels)).to(frame.device)
