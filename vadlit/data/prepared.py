"""What `prepared.json` of a data set says of how its frames were taken from footage."""

import json
from pathlib import Path

from vadlit.errors import UserError
from vadlit.video.framing import Framing, Region
from vadlit.video.roi import Roi

FILE = "prepared.json"


def framing(root: Path) -> Framing:
    """How `vadlit prepare` made the frames of a data set; frames as they are where it did not.

    Raises:
        UserError: There is a `prepared.json`, but it does not say.
    """
    file = root / FILE
    if not file.is_file():
        return Framing()
    try:
        events = json.loads(file.read_text(encoding="utf-8"))["events"].values()
        # What was prepared before the size of the picture was recorded states none.
        found = {_region(event.get("picture"), event["roi"]): None for event in events}
        rates = {event["frame_rate"] if event["resampled"] else None for event in events}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(f"{file} is not a record of vadlit prepare: {error!r}.") from error
    regions = () if all(region.whole for region in found) else tuple(found)
    return Framing(regions, rates.pop() if len(rates) == 1 else None)


def _region(picture: list[int] | None, roi: list[int]) -> Region:
    x, y, width, height = roi
    size = None if picture is None else (picture[0], picture[1])
    return Region(size, Roi(x, y, width, height))
