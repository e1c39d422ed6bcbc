from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from vadlit.data.events import Event
from vadlit.data.sequences import INPUT_FRAMES, SequenceDataset, as_batch
from vadlit.data.store import StoredEvent
from vadlit.video.folder import FrameFolder

LENGTHS = (7, 5, 12)


def stored(number: int, length: int) -> StoredEvent:
    """An event whose every frame and feature holds 20 times its number plus the frame's."""
    files = tuple(Path(f"{frame}.png") for frame in range(length))
    values = 20 * number + torch.arange(length).reshape(-1, 1, 1, 1)
    frames = values.expand(-1, 3, 2, 4).to(torch.uint8)
    features = {"fine": values.expand(-1, 5, 2, 2).half(), "coarse": -values.half()}
    return StoredEvent(Event(str(number), FrameFolder(files)), {"frames": frames, **features})


EVENTS = [stored(number, length) for number, length in enumerate(LENGTHS)]


def naive() -> list[list[int]]:
    """The values of all sequences, by counting."""
    return [
        [20 * number + first + step for step in range(INPUT_FRAMES + 1)]
        for number, length in enumerate(LENGTHS)
        for first in range(length)
        if first + INPUT_FRAMES < length
    ]


def values(tensor: Tensor) -> list[int]:
    """The value of each frame of a sequence, all of whose elements must be alike."""
    flat = tensor.flatten(1)
    assert (flat == flat[:, :1]).all()
    return [int(x) for x in flat[:, 0]]


def test_there_is_a_sequence_for_every_frame_from_the_fifth_on() -> None:
    assert len(SequenceDataset(EVENTS)) == sum(length - 4 for length in LENGTHS) == 12
    assert len(SequenceDataset([])) == 0


def test_frames_are_consecutive_and_of_one_event() -> None:
    dataset = SequenceDataset(EVENTS)
    found = [values(dataset[index]["frames"][0]) for index in range(len(dataset))]
    assert found == naive()


def test_features_are_of_the_inputs_and_the_target_follows() -> None:
    dataset = SequenceDataset(EVENTS, ["fine", "coarse"])
    for index, expected in enumerate(naive()):
        batch = dataset[index]
        assert set(batch) == {"features", "target"}
        assert values(batch["features"]["fine"][0]) == expected[:4]
        assert values(-batch["features"]["coarse"][0]) == expected[:4]
        assert values(batch["target"]) == expected[4:]


def test_a_batch_keeps_the_order_asked_for() -> None:
    asked = [11, 0, 3, 3, 2]
    batch = SequenceDataset(EVENTS).__getitems__(asked)
    assert [values(frames) for frames in batch["frames"]] == [naive()[index] for index in asked]


def test_shapes_and_types() -> None:
    frames = SequenceDataset(EVENTS).__getitems__([0, 5])
    assert frames["frames"].shape == (2, 5, 3, 2, 4)
    assert frames["frames"].dtype == torch.uint8
    features = SequenceDataset(EVENTS, ["fine"]).__getitems__([0, 5])
    assert features["features"]["fine"].shape == (2, 4, 5, 2, 2)
    assert features["features"]["fine"].dtype == torch.float16
    assert features["target"].shape == (2, 3, 2, 4)
    assert features["target"].dtype == torch.uint8


def test_a_batch_is_a_copy_of_what_is_stored() -> None:
    dataset = SequenceDataset(EVENTS)
    dataset[0]["frames"].zero_()
    assert values(dataset[0]["frames"][0]) == naive()[0]


def test_other_numbers_of_inputs() -> None:
    dataset = SequenceDataset(EVENTS, inputs=2)
    assert len(dataset) == sum(length - 2 for length in LENGTHS)
    assert values(dataset[5]["frames"][0]) == [20, 21, 22]


def test_an_index_counts_from_the_end_or_is_refused() -> None:
    dataset = SequenceDataset(EVENTS)
    assert values(dataset[-1]["frames"][0]) == naive()[-1]
    for index in (12, -13):
        with pytest.raises(IndexError):
            dataset[index]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_loader_passes_whole_batches_on(workers: int) -> None:
    loader = DataLoader(
        SequenceDataset(EVENTS), batch_size=5, collate_fn=as_batch, num_workers=workers
    )
    batches = list(loader)
    assert [len(batch["frames"]) for batch in batches] == [5, 5, 2]
    assert [values(frames) for batch in batches for frames in batch["frames"]] == naive()
