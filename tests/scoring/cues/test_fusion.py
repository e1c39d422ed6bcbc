import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor

from tests.scoring.cues.scenes import BLUE, RED, view
from vadlit.errors import UserError
from vadlit.scoring.cues.activity import LEAST_SPREAD as LEAST_UNUSUAL
from vadlit.scoring.cues.appearance import Appearance
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.cues.joining import LEAST_SPREAD, standardised
from vadlit.scoring.cues.motion import Motion
from vadlit.scoring.view import View


class Shown:
    """A local cue that says what a channel of the target shows; silent (NaN) below 0."""

    needs = frozenset({"frames"})
    taps: tuple[str, ...] = ()
    changed = False

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.learned = torch.zeros(1)

    def learn(self, normal: Sequence[View]) -> None:
        self.learned = torch.tensor([float(len(normal))])

    def reset(self) -> None:
        self.changed = False

    def cells(self, seen: View) -> Tensor:
        values = seen.target[self.channel]
        return torch.where(values < 0, torch.nan, values)

    def state(self) -> dict[str, Tensor]:
        return {"learned": self.learned}

    def restore(self, state: dict[str, Tensor]) -> None:
        self.learned = state["learned"]


def part(channel: int) -> dict[str, object]:
    return {"_target_": f"{__name__}.Shown", "channel": channel}


def shown(seed: int) -> View:
    """Channels of different scale, some cells silent."""
    generator = torch.Generator().manual_seed(seed)
    target = (
        torch.rand(3, 6, 8, generator=generator) * torch.tensor([1.0, 30.0, 1.0])[:, None, None]
    )
    target[0, 0] = -1
    return View(target.expand(2, -1, -1, -1))


@pytest.fixture
def fusion(monkeypatch: pytest.MonkeyPatch) -> Fusion:
    """Two cues fused, calibrated on ten views; what may be built is widened to this file."""
    monkeypatch.setattr("vadlit.scoring.cues.fusion.build", lambda config, _: instantiate(config))
    made = Fusion({"small": part(0), "large": part(1)}, worst=3)
    made.learn([shown(0)] * 7, [shown(seed) for seed in range(1, 11)])
    return made


def worst(cells: Tensor) -> Tensor:
    """Mean of the three highest of cells (n, h, w), (n)."""
    return cells.flatten(1).sort(dim=1).values[:, -3:].mean(dim=1)


def test_the_value_is_what_is_unusual_of_the_worst_sums_of_standardised_cells(
    fusion: Fusion,
) -> None:
    held_out = torch.stack([shown(seed).target for seed in range(1, 11)])[:, :2]
    spoken = held_out[:, :, 1:]
    mean = spoken.mean(dim=(0, 2, 3), keepdim=True)[0]
    deviation = spoken.transpose(0, 1).flatten(1).std(dim=1)[:, None, None]

    def summed(cells: Tensor) -> Tensor:
        standard = (cells - mean) / deviation
        standard[:, 0, 0] = 0  # silent there
        return standard.sum(dim=1)

    # The views stand still, all alike: one median and deviation.
    median, high = worst(summed(held_out)).quantile(torch.tensor([0.5, 0.99]))
    expected = (summed(shown(99).target[None, :2]) - median) / ((high - median) / 2.326)
    value, where, changed = fusion(shown(99))
    assert value == pytest.approx(worst(expected).item(), abs=1e-3)
    assert not changed
    torch.testing.assert_close(where[::8, ::8], expected[0], atol=1e-3, rtol=1e-4)


def test_weights_say_how_much_a_part_counts(
    fusion: Fusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vadlit.scoring.cues.fusion.build", lambda config, _: instantiate(config))
    parts = {"small": part(0), "large": part(1), "out": None}
    made = Fusion(parts, worst=1, weights={"large": 2.5, "out": 3})
    made.restore(fusion.state())
    each = standardised(fusion.look(shown(5)).cells, fusion.joining.scale)[0]
    median, deviation = (x.item() for x in fusion.joining.usual[1:])
    expected = (each[0] + 2.5 * each[1] - median) / deviation
    value, where, _ = made(shown(5))
    torch.testing.assert_close(where[::8, ::8], expected)
    assert value == pytest.approx(expected.max().item())


def test_weights_that_cannot_be_are_refused() -> None:
    motion = {"_target_": "vadlit.scoring.cues.motion.Motion"}
    with pytest.raises(UserError, match=r"cue\.weights names sound; allowed are the parts: motion"):
        Fusion({"motion": motion}, weights={"sound": 1})
    with pytest.raises(UserError, match=r"cue\.weights\.motion is -1; it must be a finite number"):
        Fusion({"motion": motion}, weights={"motion": -1})


def test_a_cue_of_any_scale_counts_alike(fusion: Fusion) -> None:
    small, large = standardised(fusion.look(shown(5)).cells, fusion.joining.scale)[0]
    assert small[1:].std().item() == pytest.approx(1, abs=0.3)
    assert large.std().item() == pytest.approx(1, abs=0.3)


def test_a_cue_that_never_varies_is_not_blown_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vadlit.scoring.cues.fusion.build", lambda config, _: instantiate(config))
    still = View(torch.full((2, 3, 6, 8), 0.5))
    made = Fusion({"one": part(0)}, worst=1)
    made.learn([still], [still])
    little = View(torch.full((2, 3, 6, 8), 0.505))
    assert made(little).value == pytest.approx(0.01 / LEAST_SPREAD / LEAST_UNUSUAL)


def test_what_was_learned_is_given_back(fusion: Fusion) -> None:
    other = Fusion({"small": part(0), "large": part(1)}, worst=3)
    other.restore(fusion.state())
    assert other(shown(42)).value == fusion(shown(42)).value
    assert fusion.state()["small.learned"].item() == 7


def test_the_preset_finds_a_thing_of_another_colour_where_it_is() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/cue/fusion.yaml")
    config.parts.appearance.context = 1
    cue = instantiate(config)
    assert isinstance(cue, Fusion)
    assert [type(part) for part in cue.parts.values()] == [Appearance, Motion]
    cue.learn([view(x, RED) for x in range(0, 80, 8)], [view(x, RED) for x in range(4, 80, 8)])
    value, where, _ = cue(view(40, BLUE))
    assert value > cue(view(44, RED)).value
    row, column = divmod(int(where.argmax()), where.shape[1])
    assert 24 <= row < 40
    assert 40 <= column < 56


@pytest.mark.parametrize("worst", [0, -1, 1.5])
def test_the_worst_are_a_whole_number_of_cells(worst: float) -> None:
    with pytest.raises(UserError, match=rf"cue\.worst is {worst}; allowed is a whole number"):
        Fusion({"motion": {"_target_": "vadlit.scoring.cues.motion.Motion"}}, worst=worst)  # type: ignore[arg-type]


def test_without_parts_there_is_nothing_to_fuse() -> None:
    with pytest.raises(UserError, match=r"cue\.parts is empty"):
        Fusion({"motion": None})


def test_still_validation_footage_is_refused(fusion: Fusion) -> None:
    silent = View(torch.full((2, 3, 6, 8), -1.0))
    with pytest.raises(UserError, match="The validation footage shows nothing in front of its"):
        fusion.learn([shown(0)], [silent])


class Counting(Shown):
    """Says how many frames of the event it has seen, some of them late; changed on the third."""

    def __init__(self, late: float) -> None:
        super().__init__(0)
        self.late = late
        self.seen = 0

    def reset(self) -> None:
        self.seen = 0

    def cells(self, seen: View) -> Tensor:
        time.sleep(self.late)
        self.seen += 1
        self.changed = self.seen == 3
        return torch.full((1, 1), float(self.seen))


def counting(late: float) -> dict[str, object]:
    return {"_target_": f"{__name__}.Counting", "late": late}


def test_frames_begun_before_the_last_is_done_are_taken_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vadlit.scoring.cues.fusion.build", lambda config, _: instantiate(config))
    made = Fusion({"fast": counting(0.0), "slow": counting(0.01)})
    for _ in range(2):
        begun = [made.start(shown(0)) for _ in range(5)]
        said = [wait() for wait in begun]
        assert [value for value, *_ in said] == [2, 4, 6, 8, 10]
        assert [changed for *_, changed in said] == [False, False, True, False, False]
        # An event may end before all that was begun is done.
        made.start(shown(0))
        made.reset()


def test_a_parts_error_is_raised_where_it_is_waited_for(
    fusion: Fusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: View) -> Tensor:
        raise ValueError("broken")

    monkeypatch.setattr(fusion.parts["small"], "cells", broken)
    begun = fusion.start(shown(0))
    with pytest.raises(ValueError, match="broken"):
        begun()
