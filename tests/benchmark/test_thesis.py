import torch

from vadlit.benchmark.thesis import thesis_decoder, thesis_encoder
from vadlit.models.decoders.base import BaseDecoder
from vadlit.models.encoder import Encoder


@torch.no_grad()
def test_the_encoder_gives_what_the_one_of_the_package_gives() -> None:
    images = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    expected = Encoder()(images, ("layer4",))["layer4"]
    torch.testing.assert_close(thesis_encoder()(images), expected, rtol=1e-4, atol=1e-4)


def test_the_decoder_is_base() -> None:
    ours, theirs = BaseDecoder(), thesis_decoder()
    with torch.no_grad():
        for to, of in zip(theirs.parameters(), ours.parameters(), strict=True):
            to.copy_(of)
    features = torch.randn(2, 2048, 2, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(theirs(features), ours({"layer4": features}), rtol=1e-4, atol=1e-5)
