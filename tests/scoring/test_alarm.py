from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from vadlit.errors import UserError
from vadlit.scoring.alarm import Alarm

NAN = float("nan")


def pushed(alarm: Alarm, scores: Sequence[float], level: float = 10.0) -> str:
    """The alarm over some scores: # is on."""
    return "".join("#" if alarm.push(score, level) else "." for score in scores)


def made(
    keep: float = 1.0, minimum: float = 0.0, cool_down: float = 0.0, settle: float = 0.0
) -> Alarm:
    """Two frames a second; the normal median is 10 below the level."""
    return Alarm(keep, minimum, cool_down, settle, frame_rate=2.0, span=10.0)


def test_without_delays_it_is_on_just_above_the_level() -> None:
    scores = [9, 10, np.nextafter(10, 11), 10, 30, 11, -5, 11]
    assert pushed(made(), scores) == "..#.##.#"


def test_it_is_on_just_where_a_score_is_above_its_own_level() -> None:
    random = np.random.default_rng(0)
    scores, levels = random.normal(size=500), random.normal(size=500)
    alarm = Alarm(1.0, 0.0, 0.0, 0.0, None, 3.0)
    on = [alarm.push(*pair) for pair in zip(scores.tolist(), levels.tolist(), strict=True)]
    assert on == (scores > levels).tolist()


def test_over_an_event_it_is_as_frame_by_frame() -> None:
    random = np.random.default_rng(1)
    scores, levels = random.normal(size=(2, 300))
    changed = random.random(300) < 0.02
    scores[[40, 200]] = NAN
    times = {"minimum": 1.0, "cool_down": 2.0, "settle": 3.0}
    one, other = made(0.5, **times), made(0.5, **times)
    on = [one.push(scores[n].item(), levels[n].item(), bool(changed[n])) for n in range(300)]
    assert other.raised(scores, levels, changed).tolist() == on
    assert 0 < sum(on) < 300


def test_it_ends_only_below_the_lower_level() -> None:
    # 0.75 of the way from 0 to 10.
    assert pushed(made(keep=0.75), [9, 8, 11, 8, 7.6, 9, 7.5, 8, 9.9, 11, 7]) == "..####...#."


def test_the_lower_level_is_a_share_of_the_span_below_the_level_of_the_moment() -> None:
    alarm = made(keep=0.4)
    pairs = [(21, 20), (14.5, 20), (14.5, 20.5), (14.5, 21)]  # lower: 14, 14, 14.5, 15
    assert [alarm.push(*pair) for pair in pairs] == [True, True, False, False]


def test_with_keep_0_it_ends_at_the_normal_median() -> None:
    assert pushed(made(keep=0.0), [11, 1, 0.1, 0]) == "###."


def test_it_is_raised_after_so_long_above_the_level_without_a_break() -> None:
    # 1.5 s are three frames.
    scores = [11, 11, 10, 11, 11, 11, 11, 9, 11]
    assert pushed(made(minimum=1.5), scores) == ".....##.."


def test_a_score_between_the_levels_breaks_what_is_not_raised_yet() -> None:
    assert pushed(made(keep=0.5, minimum=1.0), [11, 8, 11, 8, 11, 11, 8]) == ".....##"


def test_it_goes_on_for_the_cool_down_and_a_rise_in_it_is_the_same_alarm() -> None:
    # 1 s is two frames.
    assert pushed(made(cool_down=1.0), [11, 0, 0, 0, 11, 0, 0, 11, 0, 0, 0, 0]) == "###.######.."


def test_a_rise_in_the_cool_down_needs_no_minimum() -> None:
    alarm = made(minimum=1.0, cool_down=1.0)
    assert pushed(alarm, [11, 11, 0, 0, 11, 0, 0, 0, 11, 11]) == ".######..#"


def test_a_nan_raises_it_at_once_and_holds_it() -> None:
    assert pushed(made(minimum=5.0), [0, NAN, NAN, 0, NAN, 0]) == ".##.#."
    assert pushed(made(minimum=5.0, cool_down=1.0), [0, NAN, 0, 0, 0]) == ".###."


def changing(alarm: Alarm, scores: Sequence[float], changed: str) -> str:
    """The alarm at a level of 10 over some scores, with the scene another one where there is x."""
    pairs = zip(scores, changed, strict=True)
    return "".join("#" if alarm.push(score, 10, mark == "x") else "." for score, mark in pairs)


def test_it_is_not_raised_while_the_scene_is_another_one_nor_until_it_has_settled() -> None:
    assert changing(made(), [11] * 5, ".xx..") == "#####"
    assert changing(made(), [0, *[11] * 4], ".xx..") == "...##"
    # 1 s is two frames.
    assert changing(made(settle=1.0), [0, *[11] * 6], ".xx....") == ".....##"
    assert changing(made(settle=1.0), [0, *[11] * 6], ".x.x...") == "......#"


def test_the_minimum_begins_when_the_scene_has_settled() -> None:
    assert changing(made(minimum=1.0), [0, *[11] * 4], ".xx..") == "....#"


def test_a_scene_that_never_changed_needs_no_settling() -> None:
    assert pushed(made(settle=60.0), [11, 0]) == "#."


def test_an_alarm_that_is_on_stays_when_the_scene_changes() -> None:
    assert changing(made(settle=60.0), [11, 11, 11, 0, 11], "..x..") == "###.."


def test_a_nan_raises_it_whatever_the_scene() -> None:
    assert changing(made(settle=60.0), [0, NAN, 11, 0], "xx..") == ".##."


def test_an_infinite_score_is_high_or_low_as_any_other() -> None:
    assert pushed(made(minimum=1.0), [np.inf, np.inf, -np.inf]) == ".#."


def test_without_a_span_the_lower_level_is_the_level() -> None:
    alarm = Alarm(0.5, 0.0, 0.0, 0.0, None, span=0.0)
    assert pushed(alarm, [11, 10, 11, 9.99]) == "#.#."


@pytest.mark.parametrize("seed", range(3))
def test_alarms_are_no_more_than_blocks_above_the_level(seed: int) -> None:
    """What the conformal threshold relies on: a cool-down of a block at least."""
    scores = np.random.default_rng(seed).normal(size=4000)
    alarm = Alarm(0.75, 0.0, 3.0, 0.0, frame_rate=2.0, span=2.0)
    on = np.array([alarm.push(score, 2.0) for score in scores.tolist()])
    begun = int((np.diff(on.astype(int), prepend=0) == 1).sum())
    blocks = int((scores.reshape(-1, 5).max(axis=1) > 2.0).sum())
    assert 0 < begun <= blocks


@pytest.mark.parametrize("name", ["minimum", "cool_down", "settle"])
def test_seconds_without_a_frame_rate_are_a_sentence(name: str) -> None:
    settings: dict[str, Any] = {"keep": 1.0, "minimum": 0.0, "cool_down": 0.0, "settle": 0.0}
    Alarm(**settings, frame_rate=None, span=1.0)
    with pytest.raises(
        UserError, match=rf"^The alarm's {name} is 0\.5 s of footage whose frame rate is unknown;"
    ):
        Alarm(**settings | {name: 0.5}, frame_rate=None, span=1.0)


SETTINGS = ["keep", "minimum", "cool_down", "settle", "span"]
BAD: list[Any] = [-0.1, NAN, float("inf"), "three", None]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_are_none_are_named(name: str, bad: Any) -> None:
    settings: dict[str, Any] = dict.fromkeys(SETTINGS, 1.0)
    with pytest.raises(UserError, match=f"^The alarm's {name} is {bad!r}; it must be .*[01].$"):
        Alarm(**settings | {name: bad}, frame_rate=2.0)


def test_a_keep_above_1_is_named() -> None:
    with pytest.raises(UserError, match=r"^The alarm's keep is 1\.1; .* from 0 to 1.$"):
        made(keep=1.1)


@pytest.mark.parametrize(
    ("name", "settings"), [("default", (0.75, 0.0, 5.0, 2.0)), ("none", (1.0, 0.0, 0.0, 0.0))]
)
def test_config_makes_the_alarm_and_an_override_changes_it(
    name: str, settings: tuple[float, float, float, float]
) -> None:
    config = OmegaConf.load(Path(__file__).parents[2] / f"conf/alarm/{name}.yaml")
    assert instantiate(config, frame_rate=30.0, span=2.0) == Alarm(*settings, 30.0, 2.0)
    assert instantiate(config, frame_rate=30.0, span=2.0, minimum=1.0).minimum == 1.0
