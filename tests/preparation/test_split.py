import numpy as np
import pytest

from vadlit.data.events import Range
from vadlit.preparation.split import Shares, Split, runs, split, stretch_to_test

SHARES = Shares(validation=0.25, test=0.4, gap=2.0, margin=1.0)
TIMES = np.arange(1000) / 10


def frames(ranges: tuple[Range, ...]) -> set[int]:
    return {n for first, last in ranges for n in range(first, last + 1)}


def distance(one: set[int], other: set[int]) -> float:
    a, b = (TIMES[sorted(numbers)] for numbers in (one, other))
    return float(np.abs(a[:, None] - b[None]).min())


def test_normal_footage_trains_first_and_validates_last() -> None:
    assert split(TIMES, (), SHARES) == Split(((0, 729),), ((750, 999),), ())


@pytest.mark.parametrize(
    "anomalous",
    [
        ((500, 520),),
        ((0, 30),),
        ((960, 999),),
        ((100, 130), (300, 310), (480, 520), (700, 800), (900, 901)),
    ],
)
def test_labelled_footage(anomalous: tuple[Range, ...]) -> None:
    parts = split(TIMES, anomalous, SHARES)
    train, val, test = (frames(part) for part in (parts.train, parts.val, parts.test))
    bad = frames(anomalous)
    assert len(test) == 400
    assert len(parts.test) == 1
    assert test & bad
    assert min(distance(train, val), distance(train, test), distance(val, test)) > 2.0
    assert distance(train | val, bad) > 1.0
    assert max(train) < min(val)
    assert len(val) == pytest.approx(0.25 * (len(train) + len(val)), rel=0.15)


def test_the_stretch_with_most_anomalous_frames_by_trying_all() -> None:
    anomalous = ((3, 5), (20, 29), (33, 33), (60, 64))
    bad = frames(anomalous)
    counts = [len(bad & {*range(first, first + 20)}) for first in range(81)]
    first, last = stretch_to_test(100, anomalous, 0.2)
    assert last - first + 1 == 20
    assert counts[first] == max(counts)


def test_of_equals_the_middle_one() -> None:
    assert stretch_to_test(100, ((50, 50),), 0.2) == (41, 60)


def test_the_gap_is_measured_in_seconds_where_the_rate_varies() -> None:
    times = np.concatenate((np.arange(100) * 1.0, 99 + np.arange(1, 401) / 100))
    parts = split(times, (), SHARES)
    assert times[parts.val[0][0]] - times[parts.train[0][1]] > 2.0


def test_runs_by_hand() -> None:
    mask = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1], np.bool_)
    assert runs(mask) == ((0, 1), (4, 4), (6, 8))
    assert runs(np.zeros(3, np.bool_)) == ()
