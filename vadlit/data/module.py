"""The Lightning DataModule over training, validation and test sequences."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytorch_lightning as pl
from torch.utils.data import DataLoader
from tqdm import tqdm

from vadlit.checks import check_whole, checked_folder, checked_size
from vadlit.data.balance import BalancedSequences, frame_differences
from vadlit.data.events import Event
from vadlit.data.sampler import RandomSequences, SeededSequences
from vadlit.data.sequences import INPUT_FRAMES, Batch, SequenceDataset, as_batch
from vadlit.data.store import FrameEncoder, Store, StoredEvent
from vadlit.errors import UserError
from vadlit.processes import rank, world
from vadlit.video.framing import Framing


@dataclass(frozen=True)
class Splits:
    """The events of a data set: normal footage to train and to validate on, and the test."""

    train: tuple[Event, ...]
    val: tuple[Event, ...]
    test: tuple[Event, ...]


class SequenceDataModule(pl.LightningDataModule, ABC):
    """Sequences of a data set, read from the store; a data set is a subclass with `read`.

    Args:
        size: Height and width of a frame in pixels, each divisible by 32.
        sequences: Random training sequences an epoch.
        batch_size: Sequences of a batch, shared evenly where several processes train together.
        cache: Read features from the store; False encodes the frames of every batch anew.
        cache_dir: Where frames and features are kept.
        seed: Seed of the training draw.
        stretch: Consecutive frames that share a transform where training is augmented, so that each
            is encoded once: stretch - 4 sequences, which must divide the batch. 5 draws a transform
            for every sequence.
        balance: Strata of frame difference that an epoch is spread over evenly, 2 or more; None
            draws from all training sequences alike.
    """

    def __init__(
        self,
        *,
        size: Sequence[int],
        sequences: int,
        batch_size: int,
        cache: bool,
        cache_dir: str,
        seed: int,
        stretch: int = INPUT_FRAMES + 1,
        balance: int | None = None,
    ) -> None:
        super().__init__()
        for name, value in (("sequences", sequences), ("batch_size", batch_size)):
            check_whole(f"data.{name}", value, 1)
        allowed = _stretches(batch_size)
        if type(stretch) is not int or stretch not in allowed:
            raise UserError(
                f"data.stretch is {stretch}; allowed with data.batch_size={batch_size} are "
                f"{', '.join(map(str, allowed))}."
            )
        if balance is not None and (not isinstance(balance, int) or balance < 2):
            raise UserError(
                f"data.balance is {balance}; allowed is null or a whole number of 2 or more."
            )
        self.size = checked_size("data.size", size)
        self.sequences = sequences
        self.batch_size = batch_size
        self.cache = cache
        self.cache_dir = checked_folder("data.cache_dir", cache_dir)
        self.seed = seed
        self.stretch = stretch
        self.balance = balance

    @abstractmethod
    def read(self) -> Splits:
        """Find the events of every split.

        Raises:
            UserError: The data set is missing or broken.
        """

    def framing(self) -> Framing:
        """How its frames were taken from footage: as they are, unless a data set knows better.

        Raises:
            UserError: What the data set says of it cannot be read.
        """
        return Framing()

    def attach(self, encoder: FrameEncoder, taps: Sequence[str], *, augmented: bool) -> None:
        """Say whose features the batches carry; augmented training reads frames instead."""
        self.encoder = encoder
        self.taps = tuple(taps) if self.cache else ()
        self.train_taps = () if augmented else self.taps
        self.train_inputs = self.stretch - 1 if augmented else INPUT_FRAMES

    def setup(self, stage: str) -> None:
        """Open the events of the splits that a stage needs."""
        splits = self.read()
        if stage == "fit":
            self.train = self.stored(splits.train, self.train_taps, self.train_inputs)
        if stage in ("fit", "validate", "test"):
            self.val = self.stored(splits.val, self.taps)
        if stage == "test":
            self.test = self.stored(splits.test, self.taps)

    def normal(self) -> list[StoredEvent]:
        """The training events' frames, for a cue to learn from."""
        return self.stored(self.read().train, ())

    def stored(
        self, events: Sequence[Event], taps: Sequence[str], inputs: int = INPUT_FRAMES
    ) -> list[StoredEvent]:
        """Open events in the store, building what is missing behind a progress bar."""
        for event in events:
            if len(event.frames) <= inputs:
                raise UserError(
                    f"The event {event.place} has {len(event.frames)} frames; "
                    f"allowed is {inputs + 1} or more."
                )
        store = Store(self.cache_dir, self.size, self.encoder)
        store.require_room(events, taps)
        total = sum(len(event.frames) for event in events) * (1 + len(taps))
        with tqdm(
            total=total, desc="frames and features", unit="frame", disable=None, leave=False
        ) as bar:
            return [store.open(event, taps, bar.update) for event in events]

    def train_dataloader(self) -> DataLoader[Batch]:
        """Random sequences, drawn anew each epoch; augmented ones stretch by stretch."""
        dataset = SequenceDataset(self.train, self.train_taps, self.train_inputs)
        each = self.train_inputs - INPUT_FRAMES + 1
        sampler = self._sampler(dataset, -(-self.sequences // each))
        return self._loader(dataset, sampler, each)

    def val_dataloader(self) -> DataLoader[Batch]:
        """Every validation sequence, in order; of several processes, each its share."""
        dataset = SequenceDataset(self.val, self.taps)
        return self._loader(dataset, range(rank(), len(dataset), world()))

    def _loader(
        self, dataset: SequenceDataset, sampler: Iterable[int], each: int = 1
    ) -> DataLoader[Batch]:
        share = self.batch_size // each // world()
        return DataLoader(dataset, batch_size=share, sampler=sampler, collate_fn=as_batch)

    def _sampler(self, dataset: SequenceDataset, count: int) -> SeededSequences:
        if self.balance is None:
            return RandomSequences(len(dataset), count, self.seed)
        differences = frame_differences(dataset)
        return BalancedSequences(differences, self.balance, count, self.seed)


def _stretches(batch_size: int) -> list[int]:
    """How long a stretch of frames may be."""
    return [INPUT_FRAMES + n for n in range(1, batch_size + 1) if batch_size % n == 0]
