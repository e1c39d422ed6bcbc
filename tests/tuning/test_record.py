"""What was looked at is read as it was written, each part with what its own fusion saw."""

from pathlib import Path

import torch

from vadlit.scoring.cues.joining import Looks
from vadlit.tuning.record import Cells


def looks(parts: int, activity: float, changed: list[bool]) -> Looks:
    cells = torch.rand(2, parts, 3, 4, generator=torch.Generator().manual_seed(parts))
    return Looks(cells, torch.full((2,), activity), torch.tensor(changed))


def same(one: Looks, other: Looks) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_parts_are_read_together_and_alone(tmp_path: Path) -> None:
    cells, written = Cells(tmp_path / "looks"), looks(2, -3.0, [False, True])
    cells.write("clip", ["a", "b"], written)
    assert cells.has("clip", ["b"])
    assert not cells.has("clip", ["a", "c"])
    assert same(Cells(tmp_path / "looks").read("clip", ["a", "b"]), written)
    assert same(cells.read("clip", ["b"]), written._replace(cells=written.cells[:, 1:]))


def test_another_look_at_a_clip_keeps_its_own_activities(tmp_path: Path) -> None:
    cells = Cells(tmp_path)
    still, held = looks(1, -3.0, [False, False]), looks(1, -4.0, [False, True])
    cells.write("clip", ["motion-still"], still)
    cells.write("clip", ["motion-held"], held)
    assert same(cells.read("clip", ["motion-still"]), still)
    assert same(cells.read("clip", ["motion-held"]), held)
