import pytest
import torch
from kornia.augmentation import RandomPlanckianJitter
from torch import Tensor

from tests.models.augmentation.footage import assert_uniform, still
from vadlit.errors import UserError
from vadlit.models.augmentation.temperature import LARGEST, Temperature, _balance


def jittered(kelvin: float) -> Tensor:
    """Grey of 0.4 under kornia's own black body, (3,)."""
    row = round((kelvin - 3000) / 500)
    jitter = RandomPlanckianJitter(mode="blackbody", select_from=row, p=1.0)
    found: Tensor = jitter(torch.full((1, 3, 4, 4), 0.4))[0, :, 0, 0]
    return found


@pytest.mark.parametrize("kelvin", [3000.0, 5500.0, 6500.0, 15000.0])
def test_the_balance_is_kornias(kelvin: float) -> None:
    torch.testing.assert_close(0.4 * _balance(torch.tensor([kelvin]))[0], jittered(kelvin))


def test_between_two_rows_it_is_between() -> None:
    low, middle, high = _balance(torch.tensor([5000.0, 5250.0, 5500.0]))
    torch.testing.assert_close(middle, (low + high) / 2)


def test_green_stays_and_red_and_blue_go_opposite_ways() -> None:
    torch.manual_seed(0)
    changed = Temperature(60.0)(still(torch.full((3, 4, 4), 0.4), 400, frames=1))[:, 0, :, 0, 0]
    red, green, blue = changed.unbind(1)
    assert (green == 0.4).all()
    assert ((red > 0.4) == (blue < 0.4)).all()


def test_mireds_are_drawn_evenly_either_way() -> None:
    torch.manual_seed(0)
    # Red over blue falls steadily from warm to cold: looked up, it tells the temperature.
    kelvin = torch.linspace(3000, 15000, 5000)
    red, _, blue = _balance(kelvin).unbind(1)
    changed = Temperature(60.0)(still(torch.full((3, 2, 2), 0.4), 600, frames=1))[:, 0, :, 0, 0]
    neutral = _balance(torch.tensor([6500.0]))[0]
    ratio = changed[:, 0] / changed[:, 2] * neutral[0] / neutral[2]
    nearest = (ratio[:, None] - (red / blue)).abs().argmin(dim=1)
    assert_uniform(1e6 / kelvin[nearest], 60.0, centre=1e6 / 6500)


def test_a_range_of_0_changes_nothing() -> None:
    picture = still(torch.rand(3, 4, 4), 3)
    torch.testing.assert_close(Temperature(0)(picture), picture)


def test_what_no_table_knows_is_named() -> None:
    Temperature(LARGEST)
    with pytest.raises(UserError, match="mired is 88; it must be a number from 0 to 87"):
        Temperature(88)
