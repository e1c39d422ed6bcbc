import pytest

from vadlit.preparation import warnings as w
from vadlit.preparation.observe import Observed

MOVING = [True] * 100


def test_repeated_frames_state_the_true_rate() -> None:
    told = w.repeated_frames([True, False] * 50, MOVING, 30)
    assert told is not None
    assert "50% of the frames" in told
    assert "rate=15 " in told
    assert w.repeated_frames([True] * 5 + [False] * 95, MOVING, 30) is None
    # Stills are alike by nature.
    assert w.repeated_frames([True] * 100, [False] * 100, 30) is None


def test_jumping_exposure() -> None:
    told = w.jumping_exposure([0] * 90 + [8, -20, 5, 4])
    assert told is not None
    assert "4 times, by up to 20 of" in told
    assert w.jumping_exposure([3, -3, 2] * 30 + [50]) is None  # the lamp went on, once


def test_drifting_exposure() -> None:
    told = w.drifting_exposure([n // 10 for n in range(300)])
    assert told is not None
    assert "28 of 255" in told or "29 of 255" in told
    assert w.drifting_exposure([0] * 297 + [90] * 3) is None
    assert w.drifting_exposure([]) is None


def test_shaking_camera() -> None:
    told = w.shaking_camera([1.0] * 10)
    assert told is not None
    assert "about 1.0 pixels" in told
    assert w.shaking_camera([0.1] * 9 + [5.0]) is None  # somebody knocked against it, once
    assert w.shaking_camera([]) is None


def test_little_motion() -> None:
    told = w.little_motion([False] * 95 + [True] * 5)
    assert told is not None
    assert "95% of the frames" in told
    assert w.little_motion([False] * 80 + [True] * 20) is None
    assert w.little_motion([]) is None


@pytest.mark.parametrize(("split", "enough"), [("train", 300), ("val", 60)])
def test_little_footage(split: str, enough: float) -> None:
    told = w.little_footage(split, enough - 60.5 + 60)
    assert told is not None
    assert told.startswith(f"{split} has ")
    assert w.little_footage(split, enough) is None


def test_all_are_asked_and_name_the_footage() -> None:
    bad = Observed(
        repeats=[True, False] * 50,
        moves=MOVING,
        levels=[*range(100)],
        jumps=[9] * 100,
        jitter=[1.0] * 10,
        width=112,
    )
    told = w.warnings("line", bad, 30, 224)
    assert len(told) == 4
    assert all(sentence.startswith("line: ") and sentence.endswith(".") for sentence in told)
    assert "about 2.0 pixels" in told[3]  # of the frames as written
    assert w.warnings("line", Observed(moves=[False] * 10), 30, 224)[0].count("nothing moves") == 1
    assert w.warnings("line", Observed(), 30, 224) == []
