from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from vadlit.data.balance import (
    CHUNK,
    REPEATS,
    STILL,
    BalancedSequences,
    frame_differences,
    shares,
    stratify,
)
from vadlit.data.events import Event
from vadlit.data.sequences import SequenceDataset
from vadlit.data.store import StoredEvent
from vadlit.video.folder import FrameFolder

# Grey levels between two frames of a line that waits for 970 of 1,000, creeps, and runs.
WAITING = torch.linspace(0.04, 0.06, 970)
CREEPING = torch.linspace(0.45, 0.6, 10)
RUNNING = torch.linspace(4.0, 5.0, 20)
LINE = torch.cat([WAITING, CREEPING, RUNNING])


def sampler(
    differences: Tensor = LINE, strata: int = 3, count: int = 90, seed: int = 0, epoch: int = 0
) -> BalancedSequences:
    made = BalancedSequences(differences, strata, count, seed)
    made.set_epoch(epoch)
    return made


def motions(drawn: list[int]) -> list[int]:
    """How many of a draw wait, creep and run."""
    return [
        sum(number < 970 for number in drawn),
        sum(970 <= number < 980 for number in drawn),
        sum(number >= 980 for number in drawn),
    ]


def test_a_line_that_mostly_waits_gives_as_much_motion_as_rest() -> None:
    assert motions(list(sampler())) == [30, 30, 30]


def test_strata_are_equally_wide_in_the_logarithm() -> None:
    differences = torch.tensor([1.0, 1.9, 2.1, 3.9, 4.1, 7.9, 8.1, 16.0])
    assert [s.tolist() for s in stratify(differences, 4)] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert [s.tolist() for s in stratify(differences, 2)] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_every_sequence_is_in_one_stratum() -> None:
    for differences in (LINE, torch.rand(500).exp(), torch.zeros(9), torch.full((9,), 7.0)):
        for strata in (2, 3, 10):
            numbers = torch.cat(stratify(differences, strata)).tolist()
            assert sorted(numbers) == list(range(len(differences)))


def test_empty_strata_are_left_out() -> None:
    differences = torch.tensor([0.1] * 50 + [10.0] * 50)
    assert [len(stratum) for stratum in stratify(differences, 7)] == [50, 50]
    drawn = list(sampler(differences, strata=7, count=40))
    assert sum(number < 50 for number in drawn) == 20


def test_stills_of_any_kind_are_one_stratum() -> None:
    """Repeated frames differ by 0, whose logarithm would take all strata but one."""
    differences = torch.tensor([0.0, 1e-9, STILL / 2, STILL] * 5 + [1.0, 2.0])
    (stills, moving) = stratify(differences, 2)
    assert stills.tolist() == list(range(20))
    assert moving.tolist() == [20, 21]


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_footage_of_even_motion_is_drawn_from_alike(value: float) -> None:
    drawn = list(sampler(torch.full((40,), value), strata=5, count=40))
    assert sorted(drawn) == list(range(40))


def test_none_comes_again_before_its_stratum_is_used_up() -> None:
    drawn = Counter(sampler(count=90))
    assert all(drawn[number] == 3 for number in range(970, 980))
    assert {drawn[number] for number in range(980, 1000)} == {1, 2}
    assert max(drawn[number] for number in range(970)) == 1


def test_a_flash_is_not_learned_by_heart() -> None:
    differences = torch.cat([torch.full((2000,), 0.1), torch.tensor([100.0])])
    drawn = Counter(sampler(differences, strata=4, count=1000))
    assert drawn[2000] == REPEATS
    assert sum(drawn.values()) == 1000


def test_a_small_training_set_repeats_as_often_as_it_must() -> None:
    drawn = Counter(sampler(torch.tensor([0.1, 0.1, 5.0]), strata=2, count=90))
    assert drawn[2] == 30
    assert sum(drawn.values()) == 90


@pytest.mark.parametrize(
    ("sizes", "count", "expected"),
    [
        ([100], 7, [7]),
        ([100, 100], 7, [3, 4]),
        ([100, 1], 40, [30, 10]),
        ([1, 100, 1], 40, [10, 20, 10]),
        ([50, 1000, 2], 1000, [490, 490, 20]),
        ([1, 1], 100, [50, 50]),
        ([3, 1], 100, [75, 25]),
        ([5, 5, 5], 2, [0, 1, 1]),
    ],
)
def test_shares_are_even_as_far_as_sizes_allow(
    sizes: list[int], count: int, expected: list[int]
) -> None:
    assert shares(sizes, count) == expected


def test_shares_add_up() -> None:
    generator = np.random.default_rng(0)
    for _ in range(2000):
        sizes = generator.integers(1, 30, generator.integers(1, 6)).tolist()
        count = int(generator.integers(1, 600))
        given = shares(sizes, count)
        assert sum(given) == count
        limit = max(REPEATS, -(-count // sum(sizes)))
        assert all(share <= size * limit for share, size in zip(given, sizes, strict=True))


def test_the_draw_is_a_function_of_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    first = list(sampler(seed=3, epoch=2))
    state = torch.random.get_rng_state()
    torch.manual_seed(2)
    assert list(sampler(seed=3, epoch=2)) == first
    torch.manual_seed(1)
    list(sampler())
    assert torch.equal(torch.random.get_rng_state(), state)
    draws = {tuple(sampler(seed=s, epoch=e)) for s in (0, 1, 2**32 - 1) for e in (0, 1, 39)}
    assert len(draws) == 9


def test_the_draw_is_mixed_and_has_its_length() -> None:
    made = sampler(count=91)
    drawn = list(made)
    assert len(drawn) == len(made) == 91
    assert min(motions(drawn[:45])) > 5


def test_an_epoch_may_be_smaller_than_the_number_of_strata() -> None:
    assert sorted(motions(list(sampler(count=2)))) == [0, 1, 1]


def stored(frames: Tensor) -> StoredEvent:
    files = tuple(Path(f"{number}.png") for number in range(len(frames)))
    return StoredEvent(Event("a", FrameFolder(files)), {"frames": frames})


def test_differences_are_those_of_each_target_and_the_frame_before() -> None:
    """Chunks and events leave no seams."""
    generator = torch.Generator().manual_seed(0)
    lengths = (5, CHUNK + 3, CHUNK + 4, CHUNK + 5, 2 * CHUNK + 20)
    events = [
        stored(torch.randint(0, 256, (n, 3, 16, 24), dtype=torch.uint8, generator=generator))
        for n in lengths
    ]
    dataset = SequenceDataset(events)
    expected = []
    for index in range(len(dataset)):
        before, target = dataset[index]["frames"][0, 3:].double().numpy()
        blocks = [image.reshape(3, 2, 8, 3, 8).mean(axis=(2, 4)) for image in (before, target)]
        expected.append(abs(blocks[1] - blocks[0]).mean())
    assert frame_differences(dataset).numpy() == pytest.approx(np.array(expected), abs=1e-3)


def test_the_difference_of_a_stretch_is_that_of_its_targets_on_average() -> None:
    generator = torch.Generator().manual_seed(0)
    frames = torch.randint(0, 256, (12, 3, 16, 24), dtype=torch.uint8, generator=generator)
    single = frame_differences(SequenceDataset([stored(frames)]))
    stretches = frame_differences(SequenceDataset([stored(frames)], inputs=6))
    expected = [single[i : i + 3].mean().item() for i in range(6)]
    assert stretches.tolist() == pytest.approx(expected)


def test_noise_counts_less_than_motion() -> None:
    """Though in every pixel of this picture it changes as much."""
    generator = torch.Generator().manual_seed(0)
    noisy = 100 + torch.randint(-4, 5, (6, 3, 32, 32), generator=generator)
    moving = torch.full((6, 3, 32, 32), 100)
    moving[5, :, :8] = 116
    plain = [(frames[5] - frames[4]).abs().float().mean() for frames in (noisy, moving)]
    assert plain[0] > 0.7 * plain[1]
    found = [
        frame_differences(SequenceDataset([stored(frames.to(torch.uint8))]))[-1]
        for frames in (noisy, moving)
    ]
    assert found[1] == 4.0
    assert found[0] < found[1] / 5
