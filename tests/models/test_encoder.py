import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import ResNet, resnet18
from torchvision.models.feature_extraction import create_feature_extractor
from torchvision.transforms import functional

from vadlit.errors import UserError
from vadlit.models.encoder import BUNDLED, TAPS, Encoder


def images(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def torchvision_network() -> ResNet:
    network: ResNet = resnet18(weights=None)
    state = {key: value.float() for key, value in load_file(BUNDLED).items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert set(missing) == {"fc.weight", "fc.bias"}
    assert not unexpected
    return network.eval()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    return create_feature_extractor(torchvision_network(), {tap: tap for tap in TAPS})


@pytest.mark.parametrize("taps", [TAPS, *((tap,) for tap in TAPS)])
def test_equals_torchvision_at_every_tap(
    encoder: Encoder, reference: nn.Module, taps: tuple[str, ...]
) -> None:
    x = images(2, 3, 64, 96)
    features = encoder(x, taps)
    assert tuple(features) == taps
    with torch.no_grad():
        expected = reference(x)
    for tap in taps:
        assert expected[tap].std() > 0.1
        torch.testing.assert_close(features[tap], expected[tap], rtol=1e-4, atol=1e-4)


def test_shapes_of_the_taps(encoder: Encoder) -> None:
    features = encoder(images(2, 3, 64, 96), TAPS)
    assert {tap: tuple(x.shape) for tap, x in features.items()} == {
        "layer1": (2, 64, 16, 24),
        "layer2": (2, 128, 8, 12),
        "layer3": (2, 256, 4, 6),
        "layer4": (2, 512, 2, 3),
    }


def test_nothing_deeper_than_the_deepest_tap_is_computed() -> None:
    encoder = Encoder()
    ran: list[str] = []
    for tap in TAPS:
        encoder.get_submodule(tap).register_forward_hook(lambda *_, tap=tap: ran.append(tap))
    encoder(images(1, 3, 32, 32), ("layer1", "layer3"))
    assert ran == ["layer1", "layer2", "layer3"]


def test_encoding_is_of_normalised_pixels(encoder: Encoder, reference: nn.Module) -> None:
    frames = torch.randint(256, (2, 3, 32, 64), dtype=torch.uint8)
    features = encoder.encode(frames, ("layer2", "layer4"))
    pixels = functional.convert_image_dtype(frames, torch.float32)
    expected = reference(functional.normalize(pixels, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    for tap, x in features.items():
        torch.testing.assert_close(x, expected[tap], rtol=1e-4, atol=1e-4)


def test_encoding_builds_no_graph_even_when_unfrozen() -> None:
    features = Encoder().requires_grad_(True).encode(torch.zeros(1, 3, 32, 32).byte(), TAPS)
    assert not any(x.requires_grad for x in features.values())


def test_each_frame_is_encoded_by_itself(encoder: Encoder) -> None:
    frames = torch.randint(256, (5, 3, 64, 64), dtype=torch.uint8)
    together = encoder.encode(frames, TAPS)
    for i in range(len(frames)):
        alone = encoder.encode(frames[i : i + 1], TAPS)
        for tap in TAPS:
            torch.testing.assert_close(alone[tap][0], together[tap][i], rtol=1e-4, atol=1e-4)


def test_is_frozen_but_lets_the_gradient_of_a_loss_through(encoder: Encoder) -> None:
    assert list(encoder.parameters())
    assert not any(parameter.requires_grad for parameter in encoder.parameters())
    x = images(1, 3, 32, 32).requires_grad_()
    encoder(x, ("layer4",))["layer4"].sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


def test_stays_in_evaluation_mode() -> None:
    encoder = Encoder()
    parent = nn.Sequential(encoder, nn.Dropout())
    for change in (encoder.train, lambda: encoder.train(True), parent.train):
        change()
        assert not any(module.training for module in encoder.modules())
    assert parent[1].training
    assert encoder.train() is encoder


def test_a_forward_in_training_changes_nothing() -> None:
    encoder = Encoder()
    nn.Sequential(encoder).train()
    before = {key: value.clone() for key, value in encoder.state_dict().items()}
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in encoder.modules())
    encoder(5 + images(4, 3, 32, 32), TAPS)
    for key, value in encoder.state_dict().items():
        assert torch.equal(value, before[key]), key


@pytest.mark.parametrize("size", [(33, 64), (64, 48), (16, 32), (240, 360)])
def test_a_size_not_divisible_by_32_is_a_sentence(encoder: Encoder, size: tuple[int, int]) -> None:
    with pytest.raises(UserError, match=rf"{size[0]}x{size[1]}.* divisible by 32"):
        encoder(images(1, 3, *size), TAPS)


def test_an_encoder_comes_without_the_seconds_that_torchvision_takes() -> None:
    code = (
        "import sys; from vadlit.models.encoder import Encoder; import vadlit.commands.detect; "
        "Encoder(); print('torchvision' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
