"""Chance decides how long each step of a foam cycle takes, and what goes wrong."""

from dataclasses import dataclass, replace
from math import inf, pi

import numpy as np

from vadlit.simulation.foam_times import (
    ASIDE,
    HIDDEN,
    HIGH,
    PRESSED,
    RINGS,
    Cycle,
    Move,
    Place,
    Reach,
    Timetable,
)
from vadlit.simulation.line import moments

MISSED_RING, ROD = "missed_ring", "rod"
ANOMALIES = (MISSED_RING, ROD)

# Seconds that the picker moves aside, moves down or up, and presses.
_ACROSS, _DOWN, _UP, _PRESS = 2.0, 2.6, 2.8, 0.8
# Seconds between its moving aside and its moving down or up.
_SETTLE = 0.3
# A ring that stays behind later than this share of an event would hardly be seen.
_LATEST = 0.95


@dataclass(frozen=True)
class Pace:
    """How the line works.

    Args:
        speed: Mean of the tray in a motion, in metres a second.
        wait: Mean seconds from the tray's arrival until the picker moves down.
        pause: Mean seconds between two motions.
        refill: Mean seconds that the tray is away.
        irregular: Largest deviation of all times, as a share.
        loose: How far a ring lies from its pin's middle at most, in metres.
    """

    speed: float
    wait: float
    pause: float
    refill: float
    irregular: float
    loose: float


def plan_foam(
    seconds: float,
    anomaly: tuple[str, ...],
    pace: Pace,
    luck: np.random.Generator,
    mischief: np.random.Generator,
) -> Timetable:
    """Draw an event, in whose middle the picker sets out upwards with the rings.

    Args:
        seconds: Of the event.
        anomaly: Kinds, at even intervals: a rod then, a missed ring in the cycle whose lift is
            nearest; one ring a cycle, so a short event may have fewer than are asked for.
        pace: Of the line.
        luck: Draws what is normal.
        mischief: Draws anomalies: all else is as without.
    """
    cycles, origin = _cycles(seconds, pace, luck)
    slot = seconds / max(len(anomaly), 1)
    reaches = []
    for moment, kind in zip(moments(seconds, len(anomaly)), anomaly, strict=True):
        due = origin + moment
        if kind == ROD:
            reaches.append(_reach(due, slot, mischief))
        else:
            _miss(cycles, due, origin, origin + _LATEST * seconds, mischief)
    return Timetable(tuple(cycles), tuple(reaches), origin)


def _cycles(seconds: float, pace: Pace, luck: np.random.Generator) -> tuple[list[Cycle], float]:
    """The cycles of an event, and when it begins."""
    cycles: list[Cycle] = []
    origin, end = inf, 0.0
    while end < origin + seconds:
        cycles.append(_cycle(end, pace, luck))
        end = cycles[-1].end
        if origin == inf and cycles[-1].lift >= seconds / 2:
            origin = cycles[-1].lift - seconds / 2
    return cycles, origin


def _cycle(start: float, pace: Pace, luck: np.random.Generator) -> Cycle:
    def about(mean: float) -> float:
        return mean * (1 + pace.irregular * float(luck.uniform(-1, 1)))

    tray = _entry(start + about(pace.refill), pace, luck)
    down = Move(tray[-1].end + about(pace.wait), about(_DOWN), HIGH, PRESSED)
    up = Move(down.end + about(_PRESS), about(_UP), PRESSED, HIGH)
    come = Move(down.start - _SETTLE - _ACROSS, _ACROSS, ASIDE, 0.0)
    leave = Move(up.end + about(pace.pause), about(HIDDEN / (1.5 * pace.speed)), 0.0, HIDDEN)
    away = Move(up.end + _SETTLE, _ACROSS, 0.0, ASIDE)
    return Cycle(start, (*tray, leave), (down, up), (come, away), _places(pace.loose, luck))


def _entry(start: float, pace: Pace, luck: np.random.Generator) -> list[Move]:
    """Three motions from the right, nearly alike, with pauses."""
    lengths = 1 + pace.irregular * luck.uniform(-1, 1, 3)
    stops = HIDDEN * (1 - np.cumsum([0.0, *lengths]) / lengths.sum())
    stops[-1] = 0.0
    moves: list[Move] = []
    for origin, goal in zip(stops[:-1].tolist(), stops[1:].tolist(), strict=True):
        late, slow = (1 + pace.irregular * luck.uniform(-1, 1, 2)).tolist()
        begin = moves[-1].end + pace.pause * late if moves else start
        moves.append(Move(begin, slow * (origin - goal) / pace.speed, origin, goal))
    return moves


def _places(loose: float, luck: np.random.Generator) -> tuple[Place, ...]:
    """Rings that nobody has laid down with care."""
    far = loose * np.sqrt(luck.uniform(0, 1, RINGS))
    way, spins = luck.uniform(-pi, pi, (2, RINGS))
    x, y, looks = far * np.cos(way), far * np.sin(way), luck.permutation(RINGS)
    rows = (x.tolist(), y.tolist(), spins.tolist(), looks.tolist())
    return tuple(Place(*row) for row in zip(*rows, strict=True))


def _miss(
    cycles: list[Cycle], due: float, first: float, last: float, mischief: np.random.Generator
) -> None:
    """Let one ring stay behind, in the sound cycle whose lift is nearest."""
    free = [k for k, c in enumerate(cycles) if c.missed is None and first <= c.lift < last]
    if free:
        k = min(free, key=lambda k: abs(cycles[k].lift - due))
        cycles[k] = replace(cycles[k], missed=int(mischief.integers(RINGS)))


def _reach(time: float, slot: float, mischief: np.random.Generator) -> Reach:
    """About a time, within its slot; from the left or the right, in front of the tray."""
    seconds = min(float(mischief.uniform(7, 11)), 0.9 * slot)
    x, y, z = mischief.uniform((-0.09, -0.15, 0.030), (0.09, -0.11, 0.055)).tolist()
    aside = float(mischief.uniform(0.1, 0.6))
    angle = -aside if mischief.random() < 0.5 else pi + aside
    first, second = mischief.uniform(0, 2 * pi, 2).tolist()
    return Reach(time - seconds / 2, seconds, (x, y, z), angle, (first, second))
