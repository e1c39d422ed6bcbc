"""Two processes normalise their halves of a batch as one process does the whole."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, distributed, nn
from torch.multiprocessing.spawn import spawn

from vadlit.models.shared_norm import SharedBatchNorm2d

Learned = dict[str, Tensor]


def batch() -> tuple[Tensor, Tensor]:
    """Activations far from zero, and the weights of a loss that looks at each of them."""
    generator = torch.Generator().manual_seed(0)
    shape = (6, 3, 4, 5)
    x, weights = (torch.randn(shape, generator=generator) for _ in range(2))
    return 5 + 2 * x, weights


def trained(norm: nn.BatchNorm2d, x: Tensor, weights: Tensor) -> Learned:
    """What a forward and a backward pass leave."""
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 2.0, -1.0]))
    x = x.clone().requires_grad_()
    y = norm(x)
    (y * weights).sum().backward()
    assert x.grad is not None
    assert norm.weight.grad is not None
    assert norm.bias.grad is not None
    gradients = {"weight": norm.weight.grad, "bias": norm.bias.grad, "input": x.grad}
    return {"output": y.detach(), **gradients, **dict(norm.named_buffers())}


def half(rank: int, folder: Path) -> None:
    """One of two processes."""
    distributed.init_process_group("gloo", f"file://{folder}/meet", rank=rank, world_size=2)
    share = [each[rank::2] for each in batch()]
    torch.save(trained(SharedBatchNorm2d(3), share[0], share[1]), folder / f"{rank}.pt")
    distributed.destroy_process_group()


@pytest.mark.slow
def test_halves_are_normalised_as_the_whole(tmp_path: Path) -> None:
    whole = trained(nn.BatchNorm2d(3), *batch())
    spawn(half, (tmp_path,), nprocs=2)  # type: ignore[no-untyped-call]
    halves: list[Learned] = [torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]
    for name in ("output", "input"):
        for rank, found in enumerate(halves):
            torch.testing.assert_close(found[name], whole[name][rank::2], rtol=1e-4, atol=1e-5)
    for name in ("weight", "bias"):
        total = halves[0][name] + halves[1][name]
        torch.testing.assert_close(total, whole[name], rtol=1e-4, atol=1e-5)
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        for found in halves:
            torch.testing.assert_close(found[name], whole[name], rtol=1e-5, atol=1e-6)


def test_alone_it_is_torch_s_own() -> None:
    own, torchs = (trained(norm, *batch()) for norm in (SharedBatchNorm2d(3), nn.BatchNorm2d(3)))
    assert own.keys() == torchs.keys()
    for name, value in torchs.items():
        assert torch.equal(own[name], value), name
