import pytest
import torch

from vadlit.data.module import SequenceDataModule
from vadlit.errors import UserError
from vadlit.tuning.anomalies import Faster, Pasted, Reversed
from vadlit.tuning.clips import NORMAL, clips


def test_each_clip_is_there_as_it_is_and_in_every_kind(line: SequenceDataModule) -> None:
    made = clips(line.val, {"faster": Faster(), "reversed": Reversed()}, 12, 10, 0)
    spans = [(0, 13), (13, 26), (26, 40)]
    for kind in (NORMAL, "faster", "reversed"):
        assert [(clip.first, clip.end) for clip in made if clip.kind == kind] == spans
    assert len({clip.name for clip in made}) == len(made) == 9
    frames = line.val[0].array("frames")[13:26]
    shown = {clip.kind: clip.stored() for clip in made if clip.first == 13}
    assert torch.equal(shown[NORMAL].array("frames"), frames)
    assert torch.equal(shown["reversed"].array("frames"), frames.flip(0))
    assert torch.equal(shown["faster"].array("frames"), frames[::2])
    assert [len(stored) for stored in shown.values()] == [13, 7, 13]


@pytest.mark.parametrize(("count", "firsts"), [(1, [0]), (2, [0, 20]), (4, [0, 10, 20, 30])])
def test_so_many_clips_are_evenly_spread(
    line: SequenceDataModule, count: int, firsts: list[int]
) -> None:
    assert [clip.first for clip in clips(line.val, {}, 10, count, 0)] == firsts


def test_an_event_shorter_than_a_clip_is_one(line: SequenceDataModule) -> None:
    (clip,) = clips(line.val, {}, 100, 10, 0)
    assert (clip.first, clip.end) == (0, 40)


def test_what_is_drawn_follows_from_seed_and_clip(line: SequenceDataModule) -> None:
    def drawn(seed: int) -> list[torch.Tensor]:
        made = clips(line.val, {"pasted": Pasted()}, 10, 2, seed)
        return [clip.stored().array("frames") for clip in made if clip.kind == "pasted"]

    assert all(map(torch.equal, drawn(0), drawn(0)))
    assert not any(map(torch.equal, drawn(0), drawn(1)))


def test_a_clip_too_short_to_be_scored_is_told(line: SequenceDataModule) -> None:
    (_, faster) = clips(line.val, {"faster": Faster(4)}, 10, 1, 0)
    with pytest.raises(UserError, match=r"clip line-0-faster has 3 frames; allowed are 5 or more"):
        faster.stored()
