from pathlib import Path

import numpy as np
import pytest

from tests.preparation.conftest import Make
from tests.preparation.footage import numbered, write_folder, write_video
from vadlit.errors import UserError
from vadlit.preparation.plan import mapped, plan
from vadlit.preparation.sources import find
from vadlit.video.roi import Roi

ROI = Roi(0, 0, 128, 96)


@pytest.mark.parametrize(
    ("picks", "expected"),
    [
        ([0, 1, 2, 3, 4, 5], (2, 4)),
        ([2, 2, 3, 3, 4, 4], (0, 5)),
        ([0, 3, 6], (1, 1)),
        ([4, 5, 6], (0, 0)),
        ([0, 1, 5], None),
        ([7, 8], None),
    ],
)
def test_mapped_by_hand(picks: list[int], expected: tuple[int, int] | None) -> None:
    assert mapped(2, 4, np.array(picks)) == expected
    flags = [2 <= pick <= 4 for pick in picks]
    assert sum(flags) == (expected[1] - expected[0] + 1 if expected else 0)


def test_bait_and_names(line: Path, settings: Make, tmp_path: Path) -> None:
    line.with_suffix(".json").write_text(
        '{"anomalous": [[50, 57]], "bait": [[70, 90, "lamp"], [54, 56, "shadow"]]}'
    )
    fault = write_folder(tmp_path / "fault", [numbered(n) for n in range(20)])
    (fault / "labels.json").write_text('{"frame_rate": 5, "anomalous": []}')
    chosen = settings(line, test=(fault,))
    train, test = find(chosen)
    events = plan(train, test, [ROI, ROI], chosen)
    by_split = {event.split: event for event in events}
    assert [event.source.name for event in events] == sorted(e.source.name for e in events)[::-1]
    first = by_split["val"].picks[0]
    assert by_split["val"].labels.bait == ((0, 90 - first, "lamp"),)
    assert by_split["test"].name == "fault"
    assert by_split["test"].seconds == 4.0


def test_no_two_events_share_a_frame(line: Path, settings: Make) -> None:
    line.with_suffix(".csv").write_text("first,last\n20,22\n50,57\n")
    chosen = settings(line, rate=20.0)
    train, test = find(chosen)
    picks = [{*event.picks.tolist()} for event in plan(train, test, [ROI], chosen)]
    assert len(set().union(*picks)) == sum(map(len, picks))


def test_an_event_of_four_frames_is_left_out(settings: Make, tmp_path: Path) -> None:
    file = write_video(tmp_path / "a.mp4", [numbered(n) for n in range(200)])
    file.with_suffix(".csv").write_text("first,last\n9,9\n160,170\n")
    chosen = settings(file)
    events = plan(*find(chosen), [ROI], chosen)
    assert min(len(event.picks) for event in events) >= 5
    assert all(event.picks[0] != 0 for event in events)  # 0 to 3 lie before the margin


def test_a_test_that_is_too_short(line: Path, settings: Make, tmp_path: Path) -> None:
    fault = write_video(tmp_path / "fault.mp4", [numbered(n) for n in range(4)])
    fault.with_suffix(".json").write_text('{"anomalous": []}')
    chosen = settings(line, test=(fault,))
    with pytest.raises(UserError, match="test gets 4 frames in a row; allowed are 5 or more"):
        plan(*find(chosen), [ROI, ROI], chosen)
