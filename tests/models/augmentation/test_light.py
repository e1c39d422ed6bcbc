import pytest
import torch
from hydra.utils import instantiate

from tests.models.augmentation.footage import sequences
from tests.test_conf import composed
from vadlit.models.augmentation.contrast import Contrast
from vadlit.models.augmentation.directional import Directional
from vadlit.models.augmentation.light import Light
from vadlit.models.augmentation.lighting import Lighting
from vadlit.models.augmentation.shadow import Shadow
from vadlit.models.augmentation.temperature import Temperature

NAMES = ["shadow", "directional", "temperature", "brightness", "contrast"]


def made(*overrides: str) -> Light:
    light = instantiate(composed("train", ["augmentation=light", *overrides]).augmentation)
    assert isinstance(light, Light)
    return light


def test_one_part_after_the_other() -> None:
    x = sequences(2)
    torch.manual_seed(0)
    expected = Contrast()(Shadow()(x))
    torch.manual_seed(0)
    assert torch.equal(Light(first=Shadow(), none=None, second=Contrast())(x), expected)


def test_the_configuration_is_all_of_them() -> None:
    parts = [type(part) for part in made().parts]
    assert parts == [Shadow, Directional, Temperature, Lighting, Contrast]


@pytest.mark.parametrize("name", NAMES)
def test_each_part_is_left_out_alone(name: str) -> None:
    assert len(made(f"augmentation.{name}=null").parts) == len(NAMES) - 1


def test_a_part_takes_its_settings() -> None:
    shadow = made("augmentation.shadow.darkness=0.25").parts[0]
    assert isinstance(shadow, Shadow)
    assert shadow.darkness == 0.25
