"""What every data set must keep to; the tests of a data set inherit it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.data.footage import SIZE, MeanEncoder
from vadlit.data.module import SequenceDataModule
from vadlit.data.sequences import Batch
from vadlit.models.encoder import Encoder
from vadlit.models.normalisation import normalise
from vadlit.video.folder import FrameFolder
from vadlit.video.resize import resize

Make = Callable[..., SequenceDataModule]
Place = tuple[str, int]

SEQUENCES, BATCH_SIZE = 10, 4
SHAPES = {"fine": (3, 4, 8), "coarse": (3, 1, 2)}


class DataModuleContract:
    """A subclass overrides the fixture `make`.

    Its data set has other footage in every frame, so that a frame tells where it is from.
    """

    @pytest.fixture
    def make(self) -> Make:
        """Make the data set of `settings`, those given here besides the usual ones."""
        raise NotImplementedError

    @pytest.fixture
    def ready(self, make: Make) -> Make:
        """Make the data set, attached and set up."""

        def call(
            *, augmented: bool = False, stage: str = "fit", **changed: Any
        ) -> SequenceDataModule:
            data = make(**changed)
            data.attach(MeanEncoder(), tuple(SHAPES), augmented=augmented)
            data.setup(stage)
            return data

        return call

    def test_splits_share_no_frame(self, make: Make) -> None:
        splits = make().read()
        files = [
            file
            for events in (splits.train, splits.val, splits.test)
            for event in events
            for file in event.frames.files
        ]
        assert len(set(files)) == len(files)
        assert all((splits.train, splits.val, splits.test))

    def test_names_are_unique_in_a_split(self, make: Make) -> None:
        splits = make().read()
        for events in (splits.train, splits.val, splits.test):
            names = [event.name for event in events]
            assert len(set(names)) == len(names)

    def test_training_and_validation_are_normal_and_the_test_is_mixed(self, make: Make) -> None:
        splits = make().read()
        assert not any(event.labels().any() for event in (*splits.train, *splits.val))
        labels = np.concatenate([event.labels() for event in splits.test])
        assert 0 < labels.sum() < len(labels)

    def test_masks_agree_with_labels(self, make: Make) -> None:
        for event in make().read().test:
            if event.masks is not None:
                anomalous = [pixels.any() for pixels in FrameFolder(event.masks)]
                assert anomalous == event.labels().tolist()

    def test_training_batches_carry_features(self, ready: Make) -> None:
        batches = list(ready().train_dataloader())
        assert [len(batch["target"]) for batch in batches] == [4, 4, 2]
        for batch in batches:
            assert_features(batch)

    def test_augmented_training_reads_frames_but_validation_features(self, ready: Make) -> None:
        data = ready(augmented=True)
        for batch in data.train_dataloader():
            assert_frames(batch)
        for batch in data.val_dataloader():
            assert_features(batch)
        assert isinstance(data.encoder, MeanEncoder)
        # One more shows beforehand how much room the features take.
        assert data.encoder.encoded == 1 + sum(len(event) for event in data.val)

    def test_without_the_cache_all_batches_carry_frames(self, ready: Make) -> None:
        data = ready(cache=False)
        for batch in (*data.train_dataloader(), *data.val_dataloader()):
            assert_frames(batch)
        assert isinstance(data.encoder, MeanEncoder)
        assert data.encoder.encoded == 0

    def test_sequences_are_five_consecutive_frames_of_one_event(self, ready: Make) -> None:
        data = ready(cache=False, sequences=40)
        where = places(data)
        for batch in (*data.train_dataloader(), *data.val_dataloader()):
            for frames in batch["frames"]:
                event, first = where[frames[0].numpy().tobytes()]
                found = [where[frame.numpy().tobytes()] for frame in frames]
                assert found == [(event, first + step) for step in range(5)]

    def test_features_are_of_the_four_frames_before_the_target(self, ready: Make) -> None:
        data = ready()
        where, frames = places(data), frames_by_place(data)
        for batch in (*data.train_dataloader(), *data.val_dataloader()):
            for row, target in enumerate(batch["target"]):
                event, last = where[target.numpy().tobytes()]
                inputs = torch.stack([frames[event, last - step] for step in (4, 3, 2, 1)])
                for tap, expected in MeanEncoder().encode(inputs, tuple(SHAPES)).items():
                    assert torch.equal(batch["features"][tap][row], expected.half())

    def test_validation_goes_through_every_sequence_in_order(self, ready: Make) -> None:
        data = ready()
        where = places(data)
        targets = [t for batch in data.val_dataloader() for t in batch["target"]]
        expected = [(f"val/{e.event.name}", n) for e in data.val for n in range(4, len(e))]
        assert [where[target.numpy().tobytes()] for target in targets] == expected

    def test_training_draws_from_every_training_sequence_and_no_other(self, ready: Make) -> None:
        data = ready()
        pool = {(f"train/{e.event.name}", n) for e in data.train for n in range(4, len(e))}
        data.sequences = len(pool)
        where = places(data)
        targets = [t for batch in data.train_dataloader() for t in batch["target"]]
        assert {where[target.numpy().tobytes()] for target in targets} == pool

    def test_a_balanced_epoch_has_its_sequences_from_training(self, ready: Make) -> None:
        data = ready(balance=3, sequences=25)
        train = {place for place in places(data).values() if place[0].startswith("train/")}
        where = places(data)
        targets = [t for batch in data.train_dataloader() for t in batch["target"]]
        assert len(targets) == 25
        assert {where[target.numpy().tobytes()] for target in targets} <= train

    def test_every_test_frame_from_the_fifth_on_can_be_scored(self, ready: Make) -> None:
        data = ready(stage="test")
        assert [e.event for e in data.test] == list(data.read().test)
        for stored in data.test:
            frames = torch.stack([resize(frame, SIZE) for frame in stored.event.frames])
            assert torch.equal(stored.array("frames"), frames)
            assert len(stored.event.labels()) == len(stored) == len(frames) > 4

    def test_the_draw_follows_the_seed(self, ready: Make) -> None:
        draws = [
            torch.cat([batch["target"] for batch in ready(seed=seed).train_dataloader()])
            for seed in (0, 0, 1)
        ]
        assert torch.equal(draws[0], draws[1])
        assert not torch.equal(draws[0], draws[2])

    def test_a_second_run_encodes_nothing(self, ready: Make) -> None:
        ready(stage="test")
        data = ready(stage="test")
        assert isinstance(data.encoder, MeanEncoder)
        assert data.encoder.encoded == 0

    def test_cached_features_equal_those_encoded_in_training(self, make: Make) -> None:
        encoder, taps, batches = Encoder(), ("layer2", "layer3", "layer4"), []
        for cache in (True, False):
            data = make(cache=cache)
            data.attach(encoder, taps, augmented=False)
            data.setup("fit")
            batches.append(next(iter(data.val_dataloader())))
        cached, plain = batches
        assert torch.equal(cached["target"], plain["frames"][:, 4])
        inputs = normalise(plain["frames"][:, :4].float() / 255)
        features = encoder(inputs.flatten(0, 1), taps)
        for tap in taps:
            # Half precision rounds by up to 2^-11 of a value.
            torch.testing.assert_close(
                cached["features"][tap].float().flatten(0, 1), features[tap], rtol=2**-10, atol=1e-4
            )

    @pytest.mark.parametrize(
        ("stage", "opened"),
        [("fit", {"train", "val"}), ("validate", {"val"}), ("test", {"val", "test"})],
    )
    def test_a_stage_opens_what_it_needs(self, ready: Make, stage: str, opened: set[str]) -> None:
        data = ready(stage=stage)
        assert {name for name in ("train", "val", "test") if hasattr(data, name)} == opened


def assert_features(batch: Batch) -> None:
    """Features of the inputs, and the target."""
    assert set(batch) == {"features", "target"}
    count = len(batch["target"])
    assert batch["target"].shape == (count, 3, *SIZE)
    assert batch["target"].dtype == torch.uint8
    assert {tap: x.shape for tap, x in batch["features"].items()} == {
        tap: (count, 4, *shape) for tap, shape in SHAPES.items()
    }
    assert {x.dtype for x in batch["features"].values()} == {torch.float16}


def assert_frames(batch: Batch) -> None:
    """Inputs and target."""
    assert set(batch) == {"frames"}
    assert batch["frames"].shape[1:] == (5, 3, *SIZE)
    assert batch["frames"].dtype == torch.uint8


def frames_by_place(data: SequenceDataModule) -> dict[Place, Tensor]:
    """Every frame of training and validation, read here and now."""
    splits = data.read()
    return {
        (f"{split}/{event.name}", number): resize(frame, SIZE)
        for split, events in (("train", splits.train), ("val", splits.val))
        for event in events
        for number, frame in enumerate(event.frames)
    }


def places(data: SequenceDataModule) -> dict[bytes, Place]:
    """Where a frame of training or validation is from; no two may be alike."""
    frames = frames_by_place(data)
    found = {frame.contiguous().numpy().tobytes(): place for place, frame in frames.items()}
    assert len(found) == len(frames)
    return found


def settings(cache_dir: Path, changed: Mapping[str, Any]) -> dict[str, Any]:
    """The usual settings of a small data set, and what is changed of them."""
    usual = {
        "size": list(SIZE),
        "sequences": SEQUENCES,
        "batch_size": BATCH_SIZE,
        "cache": True,
        "cache_dir": str(cache_dir),
        "seed": 0,
    }
    return {**usual, **changed}
