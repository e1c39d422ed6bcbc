"""A lamp that is switched and a camera that is pushed: another scene, but no alarm."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import torch
from omegaconf import OmegaConf

from tests.detectors import configuration, predictor
from tests.scoring.pictures import Grey, pushed, scene
from vadlit.config import Config, conf_dir
from vadlit.detection.watch import Row, watch
from vadlit.detector import Detector, assemble
from vadlit.scoring.view import View
from vadlit.video.resize import resize
from vadlit.views import make_view

SIZE, RATE = (96, 128), 10.0
RED, BLUE = (200, 40, 40), (40, 40, 220)
# When something happens.
WHEN = 15


def picture(number: int, color: tuple[int, int, int] = RED) -> Grey:
    """A thing goes from left to right, again and again; RGB (H, W, 3)."""
    drawn = scene(size=SIZE)[..., None].repeat(3, axis=2)
    left = 4 + 3 * number % 96
    drawn[40:64, left : left + 24] = color
    return drawn


def film(
    count: int, start: int = 0, happens: Callable[[int, Grey], Grey] = lambda _, drawn: drawn
) -> list[Grey]:
    """Frames, to which something happens from WHEN on."""
    drawn = [picture(start + number) for number in range(count)]
    return drawn[:WHEN] + [happens(number, each) for number, each in enumerate(drawn[WHEN:])]


def lamp(_: int, drawn: Grey) -> Grey:
    """It is switched off."""
    return (0.5 * drawn).astype(np.uint8)


def push(_: int, drawn: Grey) -> Grey:
    """The camera is pushed."""
    return np.stack([pushed(channel, 13.0, -6.0) for channel in np.moveaxis(drawn, 2, 0)], axis=2)


def odd(number: int, drawn: Grey) -> Grey:
    """The thing is of another colour."""
    return picture(WHEN + number, BLUE)


@cache
def learned() -> Detector:
    """The default preset, but for its threshold, once it knows the scene and the thing."""
    cue: Config = OmegaConf.to_container(OmegaConf.load(conf_dir() / "cue/fusion.yaml"))  # type: ignore[assignment]
    cue["parts"]["appearance"]["memory"] = 1000
    cue["reach"] = 8.0
    alarm: Config = OmegaConf.to_container(OmegaConf.load(conf_dir() / "alarm/default.yaml"))  # type: ignore[assignment]
    made = assemble(predictor(), configuration(cue, window=5) | {"alarm": alarm, "size": [*SIZE]})
    made.cue.learn([*views(made, film(36))], [*views(made, film(36, 17))])
    made.threshold.value = 0.0
    normal = np.array([row.score for row in rows(made, film(36, 9))])
    made.threshold.value = normal.max() + 3 * normal.std()
    return made


def views(made: Detector, pictures: list[Grey]) -> Iterator[View]:
    images = torch.stack([resize(each, SIZE) for each in pictures])
    encoded = made.predictor.encode(images, made.taps)
    for last in range(4, len(images)):
        features = {tap: x[last : last + 1] for tap, x in encoded.items()}
        yield make_view(made.cue, made.predictor, images[last - 4 : last + 1] / 255, features)


def rows(made: Detector, pictures: list[Grey]) -> list[Row]:
    frames = ((number / RATE, *made.prepare(each)) for number, each in enumerate(pictures))
    return list(watch(made, RATE, frames))


def marks(found: list[Row]) -> str:
    """A frame each: x changed, # alarm."""
    assert not any(row.kind and row.alarm for row in found)
    return "".join("x" if row.kind == "changed" else "#" if row.alarm else "." for row in found)


def test_a_thing_of_another_colour_is_an_alarm() -> None:
    assert "#" * 10 in marks(rows(learned(), film(40, happens=odd)))


def test_a_pushed_camera_is_a_changed_scene_for_50_frames_and_no_alarm() -> None:
    found = rows(learned(), film(WHEN + 60, happens=push))
    assert marks(found) == "." * (WHEN - 4) + "x" * 50 + "." * 10
    assert len({row.score for row in found if row.kind}) == 1


def test_a_switched_lamp_is_a_changed_scene_and_no_alarm() -> None:
    found = rows(learned(), film(WHEN + 40, happens=lamp))
    # The background takes on the new light at once.
    assert marks(found) == "." * (WHEN - 4) + "x" + "." * 39
