import pytest
import torch
from torch import Generator, Tensor

from vadlit.errors import UserError
from vadlit.tuning.anomalies import Anomaly, Displaced, Faster, Frozen, Pasted, Removed, Reversed


def clip() -> Tensor:
    """Eleven frames of a textured floor over which a bright square walks."""
    floor = torch.randint(40, 100, (3, 64, 96), generator=Generator().manual_seed(0))
    frames = floor.byte().expand(11, -1, -1, -1).clone()
    for number, frame in enumerate(frames):
        frame[:, 20:36, 4 * number : 4 * number + 16] = 220
    return frames


def made(anomaly: Anomaly, seed: int = 0) -> Tensor:
    return anomaly(clip(), Generator().manual_seed(seed))


@pytest.mark.parametrize(
    "anomaly", [Faster(), Reversed(), Frozen(), Pasted(), Displaced(), Removed()]
)
def test_the_clip_itself_stays_and_a_seed_repeats(anomaly: Anomaly) -> None:
    before, generator = clip(), Generator().manual_seed(3)
    first = anomaly(before, generator)
    assert torch.equal(before, clip())
    assert first.dtype == torch.uint8
    assert first.shape[1:] == before.shape[1:]
    assert not torch.equal(first, before[: len(first)])
    assert torch.equal(first, made(anomaly, seed=3))


def test_faster_leaves_frames_out() -> None:
    assert torch.equal(made(Faster(3)), clip()[[0, 3, 6, 9]])


def test_reversed_ends_where_it_began() -> None:
    assert torch.equal(made(Reversed()), clip()[list(range(10, -1, -1))])


def test_frozen_is_one_frame() -> None:
    assert torch.equal(made(Frozen()), torch.stack([clip()[5]] * 11))


def test_pasted_differs_within_a_square_that_drifts_by_as_much() -> None:
    for seed in range(5):
        differs = (made(Pasted(0.25, 2.0), seed) != clip()).any(dim=1)
        for frame in differs:
            rows, columns = frame.nonzero(as_tuple=True)
            assert 0 < rows.max() - rows.min() < 16
            assert 0 < columns.max() - columns.min() < 16
        tops = torch.tensor([frame.nonzero()[:, 0].min() for frame in differs])
        assert tops.diff().abs().max() <= 4  # 2 pixels, and edges that happen to be alike


def test_pasted_fades_at_its_border() -> None:
    difference = (made(Pasted(0.25, 0.0)).float() - clip().float()).abs()[0].sum(dim=0)
    rows, columns = (difference > 0).nonzero(as_tuple=True)
    square = difference[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert square[4:-4, 4:-4].mean() > 2 * square[0].mean()


def test_what_is_pasted_is_what_walks() -> None:
    frames = made(Pasted(0.25, 0.0))
    changed = (frames != clip()).any(dim=1)
    for number in (0, 5, 10):
        inside = frames[number].float().mean(dim=0)[changed[number]]
        assert inside.median() > 150


def test_displaced_walks_in_another_quarter_as_it_does_in_its_own() -> None:
    floor, bright = clip()[10].clone(), 220
    floor[:, 20:36, 40:56] = clip()[0][:, 20:36, 40:56]
    corners = set()
    for seed in range(12):
        frames = made(Displaced(), seed)
        changed = (frames != clip()).any(dim=1)
        rows, columns = changed.any(dim=0).nonzero(as_tuple=True)
        y, x = 32 * int(rows.min() >= 32), 48 * int(columns.min() >= 48)
        assert rows.max() < y + 32
        assert columns.max() < x + 48
        corners.add((y, x))
        # The square walks through the quarter at the upper left, four pixels a frame.
        for number in (2, 5):
            inside = frames[number, :, y + 22 : y + 30, x + 4 * number + 2 : x + 4 * number + 14]
            assert inside.float().sub(bright).abs().max() <= 1
            behind = frames[number, :, y + 8 : y + 17, x : x + 48]
            assert torch.equal(behind, floor[:, y + 8 : y + 17, x : x + 48])
    assert corners == {(0, 48), (32, 0), (32, 48)}


def test_removed_leaves_the_floor_in_a_part_of_the_picture() -> None:
    still = clip()[10].clone()
    still[:, 20:36, 40:56] = clip()[0][:, 20:36, 40:56]
    frames = made(Removed(1.0))
    assert torch.equal(frames[0], frames[10])
    assert torch.equal(frames[3][:, 40:], still[:, 40:])
    changed = (made(Removed(0.5)) != clip()).any(dim=1).any(dim=0)
    rows, columns = changed.nonzero(as_tuple=True)
    assert rows.max() - rows.min() < 32
    assert columns.max() - columns.min() < 48


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (Faster, {"speed": 1}),
        (Faster, {"speed": 1.5}),
        (Pasted, {"size": 2}),
        (Removed, {"size": -1}),
    ],
)
def test_settings_out_of_range_are_refused(kind: type, setting: dict[str, float]) -> None:
    (name,) = setting
    with pytest.raises(UserError, match=f"{name} is "):
        kind(**setting)


@pytest.mark.parametrize("drift", [-1.0, float("inf")])
def test_a_drift_is_a_speed(drift: float) -> None:
    with pytest.raises(UserError, match="drift is "):
        Pasted(0.2, drift)
