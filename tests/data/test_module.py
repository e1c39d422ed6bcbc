import io
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch
from PIL import Image
from tqdm import tqdm

from tests.data.contract import DataModuleContract, Make, settings
from tests.data.footage import MeanEncoder, make_event
from vadlit.data.events import Event
from vadlit.data.module import SequenceDataModule, Splits
from vadlit.errors import UserError
from vadlit.video.folder import FrameFolder


class Noise(SequenceDataModule):
    """Events of noise, of different lengths."""

    def __init__(self, splits: Splits, **usual: Any) -> None:
        super().__init__(**usual)
        self.splits = splits

    def read(self) -> Splits:
        return self.splits


@pytest.fixture(scope="module")
def splits(tmp_path_factory: pytest.TempPathFactory) -> Splits:
    root = tmp_path_factory.mktemp("noise")
    return Splits(
        train=(make_event(root, "a", 5), make_event(root, "b", 9)),
        val=(make_event(root, "c", 20), make_event(root, "d", 6)),
        test=(make_event(root, "e", 8, ((2, 3), (6, 7))), make_event(root, "f", 5)),
    )


class TestNoise(DataModuleContract):
    @pytest.fixture
    def make(self, splits: Splits, tmp_path: Path) -> Make:
        return lambda **changed: Noise(splits, **settings(tmp_path / "cache", changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"size": [33, 64]}, r"data\.size is \[33, 64\]; allowed are .* divisible by 32"),
        ({"size": [32]}, r"data\.size is \[32\];"),
        ({"size": [32, 64, 3]}, r"data\.size is \[32, 64, 3\];"),
        ({"size": [0, 64]}, r"data\.size is \[0, 64\];"),
        ({"size": [32, -64]}, r"data\.size is \[32, -64\];"),
        ({"size": [32.0, 64]}, r"data\.size is \[32\.0, 64\];"),
        ({"size": ["a", "b"]}, r"data\.size is \['a', 'b'\];"),
        ({"size": 224}, r"data\.size is 224;"),
        ({"size": "32x64"}, r"data\.size is 32x64;"),
        ({"size": None}, r"data\.size is None;"),
        ({"sequences": 0}, r"data\.sequences is 0; allowed is a whole number of 1 or more"),
        ({"sequences": 2.5}, r"data\.sequences is 2\.5;"),
        ({"balance": 1}, r"data\.balance is 1; allowed is null or a whole number of 2 or more"),
        ({"balance": True}, r"data\.balance is True;"),
        ({"balance": 2.0}, r"data\.balance is 2\.0;"),
        ({"batch_size": -1}, r"data\.batch_size is -1;"),
        ({"batch_size": "many"}, r"data\.batch_size is many;"),
        ({"stretch": 4}, r"data\.stretch is 4; allowed with data.batch_size=4 are 5, 6, 8\."),
        ({"stretch": 7}, r"data\.stretch is 7;"),
        ({"stretch": 5.0}, r"data\.stretch is 5\.0;"),
        ({"stretch": "long"}, r"data\.stretch is long;"),
    ],
    ids=str,
)
def test_a_bad_setting_is_named(
    splits: Splits, tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        Noise(splits, **settings(tmp_path, changed))


def test_a_balanced_epoch_has_as_much_motion_as_rest(tmp_path: Path) -> None:
    """Of 96 sequences 6 move: about one of 16 where all are drawn alike."""
    folder = tmp_path / "waits"
    folder.mkdir()
    for number in range(100):
        level = 100 + (number % 2 if number < 94 else 40 * (number % 2))
        Image.new("RGB", (64, 32), (level, level, level)).save(folder / f"{number}.png")
    waits = Event("waits", FrameFolder.open(folder))
    shares = {}
    for balance in (None, 2):
        changed = {"balance": balance, "sequences": 60, "batch_size": 60}
        data = Noise(Splits((waits,), (waits,), ()), **settings(tmp_path / "cache", changed))
        data.attach(MeanEncoder(), (), augmented=False)
        data.setup("fit")
        (batch,) = data.train_dataloader()
        steps = batch["frames"].float().diff(dim=1)[:, -1].abs().mean(dim=(1, 2, 3))
        shares[balance] = int((steps > 10).sum())
    assert shares[None] <= 6
    assert shares[2] == 30


@pytest.mark.parametrize(("stretch", "stretches"), [(5, 4), (6, 2), (8, 1)])
def test_augmented_batches_are_stretches_of_as_many_sequences(
    tmp_path: Path, stretch: int, stretches: int
) -> None:
    long = make_event(tmp_path / "footage", "long", 12)
    changed = {"stretch": stretch, "sequences": 12, "batch_size": 4}
    data = Noise(Splits((long,), (long,), (long,)), **settings(tmp_path / "cache", changed))
    data.attach(MeanEncoder(), ("fine",), augmented=True)
    data.setup("fit")
    batches = list(data.train_dataloader())
    assert [batch["frames"].shape[:2] for batch in batches] == [(stretches, stretch)] * 3
    stored = torch.cat([event.array("frames") for event in data.train])
    for frames in batches[0]["frames"]:
        places = [(frame == stored).all(dim=(1, 2, 3)).nonzero().item() for frame in frames]
        assert places == list(range(int(places[0]), int(places[0]) + stretch))


def test_stretches_are_of_augmented_training_alone(splits: Splits, tmp_path: Path) -> None:
    data = Noise(splits, **settings(tmp_path / "cache", {"stretch": 8, "cache": False}))
    data.attach(MeanEncoder(), ("fine",), augmented=False)
    data.setup("fit")
    assert next(iter(data.train_dataloader()))["frames"].shape[:2] == (4, 5)
    assert next(iter(data.val_dataloader()))["frames"].shape[:2] == (4, 5)


def test_an_event_too_short_for_a_stretch_is_named(tmp_path: Path) -> None:
    short = make_event(tmp_path / "footage", "short", 7)
    changed = settings(tmp_path / "cache", {"stretch": 8})
    data = Noise(Splits((short,), (short,), (short,)), **changed)
    data.attach(MeanEncoder(), (), augmented=True)
    with pytest.raises(UserError, match=r"short has 7 frames; allowed is 8 or more"):
        data.setup("fit")


def test_an_event_too_short_for_a_sequence_is_named(tmp_path: Path) -> None:
    short = make_event(tmp_path / "footage", "short", 4)
    data = Noise(Splits((short,), (short,), (short,)), **settings(tmp_path / "cache", {}))
    data.attach(MeanEncoder(), (), augmented=False)
    with pytest.raises(UserError, match=rf"{tmp_path}/footage/short has 4 frames; allowed is 5"):
        data.setup("fit")


def test_the_home_folder_may_be_abbreviated(
    splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    data = Noise(splits, **settings(Path("~/kept"), {}))
    data.attach(MeanEncoder(), ["fine"], augmented=False)
    data.setup("validate")
    assert len(list((tmp_path / "kept").iterdir())) == len(splits.val)


@pytest.mark.parametrize(
    ("cache", "augmented", "arrays"),
    [(True, False, (3, 3)), (True, True, (1, 3)), (False, False, (1, 1))],
)
def test_the_bars_end_at_their_totals_whether_or_not_all_is_cached(
    splits: Splits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cache: bool,
    augmented: bool,
    arrays: tuple[int, int],
) -> None:
    bars: list[tqdm[NoReturn]] = []

    def recorded(**shown: Any) -> "tqdm[NoReturn]":
        bars.append(tqdm(**shown | {"disable": False, "file": io.StringIO()}))
        return bars[-1]

    monkeypatch.setattr("vadlit.data.module.tqdm", recorded)
    for _ in range(2):
        data = Noise(splits, **settings(tmp_path / "cache", {"cache": cache}))
        data.attach(MeanEncoder(), ("fine", "coarse"), augmented=augmented)
        data.setup("fit")
    assert [bar.n for bar in bars] == [14 * arrays[0], 26 * arrays[1]] * 2
    assert [bar.total for bar in bars] == [bar.n for bar in bars]


def test_events_are_those_read(splits: Splits, tmp_path: Path) -> None:
    data = Noise(splits, **settings(tmp_path, {}))
    data.attach(MeanEncoder(), (), augmented=False)
    for stage in ("fit", "test"):
        data.setup(stage)
    found: list[tuple[Event, ...]] = [
        tuple(stored.event for stored in split) for split in (data.train, data.val, data.test)
    ]
    assert found == [splits.train, splits.val, splits.test]
