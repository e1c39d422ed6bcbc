"""Training changes the decoder alone, repeats by seed, and goes on as if never interrupted."""

import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from tests.detectors import BASE, DROPOUT, FORECAST, configuration, encoder, footage, predictor
from vadlit.config import Config
from vadlit.data.sampler import RandomSequences
from vadlit.data.sequences import INPUT_FRAMES, Batch, as_batch
from vadlit.detector import assemble
from vadlit.errors import UserError
from vadlit.models.augmentation.general import General
from vadlit.models.checkpoint import load_checkpoint
from vadlit.models.encoder import Encoder
from vadlit.models.forecast_loss import ForecastLoss
from vadlit.models.losses import PredictionLoss
from vadlit.models.module import Loss, PredictionModule

SEQUENCES, BATCH = 6, 3
Weights = dict[str, Tensor]


class Footage(Dataset[Batch]):
    """Sequences of random frames, read as the real ones are: whole batches at once."""

    frames = torch.from_numpy(footage(SEQUENCES + INPUT_FRAMES)).permute(0, 3, 1, 2)

    def __len__(self) -> int:
        return SEQUENCES

    def __getitems__(self, indices: Iterable[int]) -> Batch:
        """Frames of a batch of sequences."""
        return {"frames": torch.stack([self.frames[i : i + INPUT_FRAMES + 1] for i in indices])}


def loaders(seed: int = 0) -> tuple[DataLoader[Batch], DataLoader[Batch]]:
    """Training sequences drawn anew each epoch, and validation sequences in order."""
    data = Footage()
    sampler = RandomSequences(SEQUENCES, SEQUENCES, seed)
    return (
        DataLoader(data, batch_size=BATCH, sampler=sampler, collate_fn=as_batch),
        DataLoader(data, batch_size=BATCH, collate_fn=as_batch),
    )


def module(
    model: Config = BASE,
    augmentation: nn.Module | None = None,
    seed: int = 0,
    loss: Loss | None = None,
) -> PredictionModule:
    """A module whose first weights a seed repeats."""
    return PredictionModule(
        predictor(model, seed),
        augmentation or nn.Identity(),
        loss or PredictionLoss(),
        partial(torch.optim.Adam, lr=1e-3),
        seed,
        configuration() | {"model": dict(model)},
    )


def fit(made: PredictionModule, folder: Path, epochs: int, resume: Path | None = None) -> Path:
    """Train; return the last checkpoint."""
    saver = ModelCheckpoint(
        folder,
        filename="best",
        monitor="val/loss",
        save_last=True,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
    )
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        callbacks=[saver],
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(made, *loaders(made.seed), ckpt_path=resume, weights_only=True)
    return folder / "last.ckpt"


def weights(made: PredictionModule) -> Weights:
    """A copy of the decoder's weights and buffers."""
    return {key: x.clone() for key, x in made.predictor.decoder.state_dict().items()}


def same(a: Weights, b: Weights) -> bool:
    """Whether they agree bit by bit."""
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last checkpoint of an epoch's training; not to be changed."""
    return fit(module(), tmp_path_factory.mktemp("trained"), 1)


def test_training_changes_the_decoder_alone(tmp_path: Path) -> None:
    made = module()
    before = weights(made)
    fit(made, tmp_path, 1)
    after = weights(made)
    assert not [key for key in before if torch.equal(before[key], after[key])]
    fresh, used = Encoder(), made.predictor.encoder
    assert isinstance(used, Encoder)
    assert fresh.state_dict().keys() == used.state_dict().keys()
    for key, value in fresh.state_dict().items():
        assert torch.equal(value, used.state_dict()[key]), key
    assert not used.training


def test_it_is_trained_in_training_mode_after_use_in_a_detector(tmp_path: Path) -> None:
    made = module(DROPOUT)
    assemble(made.predictor, configuration())
    assert not made.predictor.decoder.training
    modes: list[tuple[bool, bool]] = []
    made.predictor.decoder.register_forward_hook(
        lambda decoder, *_: modes.append((torch.is_grad_enabled(), decoder.training))
    )
    fit(made, tmp_path, 2)
    # In each epoch two batches of training, then two of validation.
    epoch = [(True, True)] * 2 + [(False, False)] * 2
    assert modes == epoch * 2


def test_the_decoder_alone_is_optimised() -> None:
    made = module()
    optimizer = made.configure_optimizers()
    optimised = {id(x) for group in optimizer.param_groups for x in group["params"]}
    assert optimised == {id(x) for x in made.predictor.decoder.parameters()}
    assert {id(x) for x in made.parameters() if x.requires_grad} == optimised


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    made, losses = module(), []
    batch = Footage().__getitems__(range(BATCH))
    optimizer = made.configure_optimizers()
    made.log_dict = lambda *_, **__: None  # type: ignore[method-assign]
    for _ in range(8):
        loss = made.training_step(batch, 0)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert losses[-1] < 0.9 * losses[0]


def test_stored_features_give_the_same_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    made = module().eval()
    frames = Footage().__getitems__(range(BATCH))["frames"]
    inputs = frames[:, :INPUT_FRAMES]
    encoded = made.predictor.encode(inputs.flatten(0, 1))
    features = {tap: x.half().reshape(BATCH, -1, *x.shape[1:]) for tap, x in encoded.items()}
    found: list[dict[str, Tensor]] = []
    monkeypatch.setattr(made, "log_dict", lambda values, **_: found.append(values))
    with torch.no_grad():
        made.validation_step({"frames": frames}, 0)
        made.validation_step({"features": features, "target": frames[:, INPUT_FRAMES]}, 0)
    computed, stored = found
    assert set(computed) == {"val/loss", "val/mse", "val/gradient", "val/ssim", "val/psnr"}
    for name, value in computed.items():
        assert stored[name].item() == pytest.approx(value.item(), rel=1e-3), name


def test_a_stretch_is_the_sequences_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    made = module().eval()
    found: list[dict[str, Tensor]] = []
    monkeypatch.setattr(made, "log_dict", lambda values, **_: found.append(values))
    stretches = torch.stack([Footage.frames[:8], Footage.frames[2:10]])
    apart = torch.cat([x.unfold(0, INPUT_FRAMES + 1, 1).movedim(-1, 1) for x in stretches])
    assert apart.shape[:2] == (8, 5)
    with torch.no_grad():
        together = made.training_step({"frames": stretches}, 0)
        torch.testing.assert_close(together, made.training_step({"frames": apart}, 0))
    for name, value in found[0].items():
        torch.testing.assert_close(value, found[1][name])


def test_the_frames_of_a_stretch_are_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = module().eval()
    encoded: list[int] = []
    made.log_dict = lambda *_, **__: None  # type: ignore[method-assign]
    used = made.predictor.encoder
    assert isinstance(used, Encoder)
    used.register_forward_pre_hook(lambda _, images: encoded.append(len(images[0])))
    with torch.no_grad():
        made.training_step({"frames": Footage.frames[None, :8]}, 0)
    assert encoded == [7]


def test_training_is_augmented_and_validation_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    class Black(nn.Module):
        def forward(self, sequences: Tensor) -> Tensor:
            return torch.zeros_like(sequences)

    black, plain = module(augmentation=Black()).eval(), module().eval()
    batch = Footage().__getitems__(range(BATCH))
    found: list[dict[str, Tensor]] = []
    for made in (black, plain):
        monkeypatch.setattr(made, "log_dict", lambda values, **_: found.append(values))
    with torch.no_grad():
        assert black.training_step(batch, 0) != plain.training_step(batch, 0)
        found.clear()
        for made in (black, plain):
            made.validation_step(batch, 0)
    assert found[0] == found[1]


def test_a_forecast_is_trained_by_its_own_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    made = module(FORECAST, loss=ForecastLoss())
    frames = Footage().__getitems__(range(BATCH))["frames"]
    true, last = (made.predictor.encode(frames[:, number])["layer2"] for number in (4, 3))
    found: list[dict[str, Tensor]] = []
    monkeypatch.setattr(made, "log_dict", lambda values, **_: found.append(values))
    torch.autograd.backward(made.training_step({"frames": frames}, 0))
    made.validation_step({"frames": frames}, 0)
    # It begins with the features of the last frame.
    expected = (true - last).square().mean().item()
    assert [list(told) for told in found] == [["train/loss"], ["val/loss"]]
    assert found[1]["val/loss"].item() == pytest.approx(expected, rel=1e-3)
    (gradient,) = (p.grad for n, p in made.predictor.named_parameters() if n.endswith("head.bias"))
    assert gradient is not None
    assert gradient.abs().max() > 0


def test_a_loss_of_something_else_is_refused() -> None:
    for model, loss in ((FORECAST, PredictionLoss()), (BASE, ForecastLoss())):
        with pytest.raises(UserError, match="allowed is model=forecast with loss=forecast"):
            module(model, loss=loss)


def test_a_checkpoint_holds_plain_values_and_no_encoder(checkpoint: Path) -> None:
    held = torch.load(checkpoint, weights_only=True)
    decoder = predictor().decoder.state_dict()
    assert set(held["state_dict"]) == {f"predictor.decoder.{key}" for key in decoder}
    assert held["vadlit"] == {"config": configuration(), "encoder": encoder().identity}
    # The encoder alone is 45 MB; the decoder and Adam's two moments are three times 10 MB.
    assert checkpoint.stat().st_size < 45e6


def test_a_checkpoint_gives_the_predictor_back(tmp_path: Path) -> None:
    made = module(DROPOUT)
    loaded, config = load_checkpoint(fit(made, tmp_path, 1))
    assert config == configuration() | {"model": DROPOUT}
    assert same(dict(loaded.decoder.state_dict()), weights(made))
    assert not loaded.training
    features = loaded.encode(Footage.frames[:INPUT_FRAMES])
    batch = {tap: x[None] for tap, x in features.items()}
    made.eval()
    assert torch.equal(loaded.predict(batch), made.predictor.predict(batch))


@pytest.mark.parametrize(
    ("model", "augmentation"), [(DROPOUT, None), (BASE, General())], ids=["dropout", "augmented"]
)
def test_a_resumed_training_ends_as_an_uninterrupted_one(
    model: Config, augmentation: nn.Module | None, tmp_path: Path
) -> None:
    whole = module(model, augmentation)
    fit(whole, tmp_path / "whole", 3)
    last = fit(module(model, augmentation), tmp_path / "first", 2)
    torch.manual_seed(99)  # a new process is elsewhere in its random numbers
    torch.rand(7)
    resumed = module(model, augmentation, seed=0)
    assert not same(weights(resumed), weights(whole))
    fit(resumed, tmp_path / "second", 3, resume=last)
    assert same(weights(resumed), weights(whole))


def test_a_seed_repeats_and_another_differs(tmp_path: Path) -> None:
    made = [module(DROPOUT, seed=seed) for seed in (1, 1, 2)]
    for number, one in enumerate(made):
        fit(one, tmp_path / str(number), 1)
    first, again, other = (weights(one) for one in made)
    assert same(first, again)
    assert not same(first, other)


def test_the_draws_of_epochs_and_seeds_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = set()
    for seed in (0, 1, 2):
        made = module(seed=seed)
        for epoch in (0, 1, 2):
            monkeypatch.setattr(type(made), "current_epoch", epoch)
            made.on_train_batch_start({}, 0)
            draws.add(torch.rand(1).item())
    assert len(draws) == 9


def rewritten(checkpoint: Path, file: Path, **config: Any) -> Path:
    """Copy a checkpoint with some of its settings changed."""
    held = torch.load(checkpoint, weights_only=True)
    held["vadlit"]["config"] |= config
    torch.save(held, file)
    return file


@pytest.mark.parametrize("part", ["encoder", "model"])
@pytest.mark.parametrize(
    "target",
    ["subprocess.Popen", "vadlit.evaluation.scores.os.system", "vadlit.models.module.Path"],
)
def test_a_foreign_target_is_refused(
    part: str, target: str, checkpoint: Path, tmp_path: Path
) -> None:
    file = rewritten(checkpoint, tmp_path / "x.ckpt", **{part: {"_target_": target}})
    with pytest.raises(UserError, match=f"_target_ is {re.escape(target)}; allowed is a class"):
        load_checkpoint(file)


def test_a_nested_target_is_not_built(checkpoint: Path, tmp_path: Path) -> None:
    nested = {"_target_": "os.mkdir", "path": str(tmp_path / "made")}
    file = rewritten(checkpoint, tmp_path / "x.ckpt", model=DROPOUT | {"before_first": nested})
    with pytest.raises(UserError):
        load_checkpoint(file)
    assert not (tmp_path / "made").exists()


def test_other_encoder_weights_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    held = torch.load(checkpoint, weights_only=True)
    held["vadlit"]["encoder"] = "0123456789ab"
    torch.save(held, tmp_path / "x.ckpt")
    with pytest.raises(UserError, match=r"encoder weights are .* made with 0123456789ab"):
        load_checkpoint(tmp_path / "x.ckpt")


def test_weights_of_another_decoder_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    model = {"_target_": "vadlit.models.decoders.skiptwice.SkipTwiceDecoder"}
    file = rewritten(checkpoint, tmp_path / "x.ckpt", model=model)
    with pytest.raises(UserError, match="weights of another decoder"):
        load_checkpoint(file)


def test_training_does_not_go_on_from_other_weights(checkpoint: Path, tmp_path: Path) -> None:
    skiptwice = {"_target_": "vadlit.models.decoders.skiptwice.SkipTwiceDecoder"}
    with pytest.raises(UserError, match="holds the weights of another decoder"):
        fit(module(skiptwice), tmp_path, 2, resume=checkpoint)
    held = torch.load(checkpoint, weights_only=True)
    held["vadlit"]["encoder"] = "0123456789ab"
    torch.save(held, tmp_path / "x.ckpt")
    with pytest.raises(UserError, match=r"encoder weights are .* made with 0123456789ab"):
        fit(module(), tmp_path, 2, resume=tmp_path / "x.ckpt")
    del held["vadlit"]
    torch.save(held, tmp_path / "x.ckpt")
    with pytest.raises(UserError, match="is not a checkpoint of vadlit"):
        fit(module(), tmp_path, 2, resume=tmp_path / "x.ckpt")


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no checkpoint .*missing\.ckpt"):
        load_checkpoint(tmp_path / "missing.ckpt")


class Harmful:
    """Runs code when it is unpickled."""

    def __init__(self, made: str) -> None:
        self.made = made

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.mkdir, (self.made,)


def test_a_file_that_is_no_checkpoint_is_told_and_runs_nothing(tmp_path: Path) -> None:
    file, made = tmp_path / "x.ckpt", tmp_path / "made"
    values: list[Any] = [{"state_dict": {}}, {"vadlit": 3}, [1], {"vadlit": Harmful(str(made))}]
    for value in values:
        torch.save(value, file)
        with pytest.raises(UserError, match="is not a checkpoint of vadlit"):
            load_checkpoint(file)
    assert not made.exists()
    file.write_bytes(b"no archive")
    with pytest.raises(UserError, match="is not a checkpoint of vadlit"):
        load_checkpoint(file)
