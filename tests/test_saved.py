"""A detector comes back from its files as it was, and foreign files are refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.data.disk import room_for_files_of
from tests.detectors import configuration, detector, footage, numbers, run
from vadlit.detector import Detector
from vadlit.disk import writing_out
from vadlit.errors import UserError
from vadlit.saved import FORMAT, digest, keep, load, packed, report_of, save, unpacked
from vadlit.video.framing import Framing, Region
from vadlit.video.roi import Roi

WINDOW, COUNT = 3, 9
NAMES = ("cue.safetensors", "decoder.safetensors", "normal.safetensors")
NORMAL = [np.array([1.0, 2.0]), np.array([3.0])]
FRAMING = Framing((Region((480, 640), Roi(10, 20, 300, 150)),), 10.0, 10.0)


def trained(window: int = WINDOW) -> Detector:
    """A detector that knows where its frames came from."""
    made = detector(window=window)
    made.framing, made.normal = FRAMING, NORMAL
    return made


def write_checkpoint(made: Detector, file: Path) -> Path:
    """What training leaves before it is evaluated."""
    state = made.predictor.decoder.state_dict()
    weights = {f"predictor.decoder.{key}": x for key, x in state.items()}
    known = {"config": configuration(), "encoder": made.predictor.encoder.identity}
    torch.save({"state_dict": weights, "vadlit": known, "epoch": 3}, file)
    return file


def test_a_saved_detector_scores_the_same(tmp_path: Path) -> None:
    made = trained()
    save(made, tmp_path / "new" / "detector")
    files = {file.name for file in (tmp_path / "new" / "detector").iterdir()}
    assert files == {*NAMES, "detector.json"}
    loaded = load(tmp_path / "new" / "detector")
    assert numbers(run(loaded, footage(COUNT))) == numbers(run(made, footage(COUNT)))
    assert loaded.threshold.value == made.threshold.value
    assert loaded.size == (32, 64)
    assert loaded.framing == FRAMING
    assert [x.tolist() for x in loaded.normal] == [[1.0, 2.0], [3.0]]
    save(loaded, tmp_path / "again")
    for name in files:
        first, second = (tmp_path / "new" / "detector" / name), (tmp_path / "again" / name)
        assert first.read_bytes() == second.read_bytes()


def test_a_detector_can_be_sent() -> None:
    made = trained()
    sent = packed(made)
    assert {*sent} == {*NAMES, "detector.json"}
    assert numbers(run(unpacked(sent), footage(COUNT))) == numbers(run(made, footage(COUNT)))


def test_a_checkpoint_keeps_all_of_a_detector(tmp_path: Path) -> None:
    made = trained()
    file = write_checkpoint(made, tmp_path / "last.ckpt")
    with pytest.raises(UserError, match=r"last\.ckpt holds a decoder but no threshold"):
        load(file)
    before = torch.load(file, weights_only=True)
    assert report_of(file) is None
    keep(made, {"frame_auroc": 0.5, "auroc_missing_because": None}, file)
    assert [path.name for path in tmp_path.iterdir()] == ["last.ckpt"]
    after = torch.load(file, weights_only=True)
    assert after["epoch"] == before["epoch"]
    assert after["state_dict"].keys() == before["state_dict"].keys()
    loaded = load(file)
    assert numbers(run(loaded, footage(COUNT))) == numbers(run(made, footage(COUNT)))
    assert report_of(file) == {"frame_auroc": 0.5, "auroc_missing_because": None}
    assert loaded.threshold.state() == made.threshold.state()
    assert loaded.framing == FRAMING
    assert [x.tolist() for x in loaded.normal] == [[1.0, 2.0], [3.0]]


def test_what_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no checkpoint .*nowhere\.ckpt"):
        load(tmp_path / "nowhere.ckpt")
    (tmp_path / "a.ckpt").write_bytes(b"no archive")
    with pytest.raises(UserError, match=r"a\.ckpt is not a checkpoint of vadlit"):
        load(tmp_path / "a.ckpt")


def change(folder: Path, **changed: Any) -> Path:
    """Save a detector and change its description; None takes a key away."""
    save(detector(), folder)
    file = folder / "detector.json"
    description = json.loads(file.read_text()) | changed
    kept = {key: value for key, value in description.items() if value is not None}
    file.write_text(json.dumps(kept))
    return folder


def test_other_encoder_weights_are_refused(tmp_path: Path) -> None:
    folder = change(tmp_path / "detector", encoder_identity="0123456789ab")
    with pytest.raises(UserError, match=r"encoder weights are .* made with 0123456789ab"):
        load(folder)


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"has format 99; allowed is {FORMAT}"):
        load(change(tmp_path / "detector", format=99))


@pytest.mark.parametrize(
    "key",
    [
        "encoder",
        "model",
        "cue",
        "threshold",
        "alarm",
        "window",
        "size",
        "encoder_identity",
        "threshold_state",
        "framing",
        "format",
    ],
)
def test_a_missing_setting_is_told(key: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a detector of vadlit"):
        load(change(tmp_path / "detector", **{key: None}))


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "3", '"text"', "\xff"])
def test_a_broken_description_is_told(text: str, tmp_path: Path) -> None:
    folder = change(tmp_path / "detector")
    (folder / "detector.json").write_text(text, encoding="latin-1")
    with pytest.raises(UserError, match="is not a detector of vadlit"):
        load(folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"window": "ten"},
        {"size": 32},
        {"threshold_state": {"value": "high"}},
        {"cue": "psnr"},
        {"framing": {"regions": [{"picture": None, "roi": [1, 2]}], "rate": None}},
        {"model": {"_target_": "vadlit.models.decoders.skiptwice.SkipTwiceDecoder"}},
        {"model": {"_target_": "vadlit.models.decoders.base.BaseDecoder", "depth": 9}},
    ],
    ids=["window", "size", "threshold", "cue", "framing", "decoder", "argument"],
)
def test_a_setting_that_does_not_fit_is_told(changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UserError):
        load(change(tmp_path / "detector", **changed))


@pytest.mark.parametrize("content", [None, b"", b"not tensors"])
def test_broken_weights_are_told(content: bytes | None, tmp_path: Path) -> None:
    folder = change(tmp_path / "detector")
    file = folder / "decoder.safetensors"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError, match="is not a detector of vadlit"):
        load(folder)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a detector of vadlit"):
        load(tmp_path)


@pytest.mark.parametrize("part", ["encoder", "model", "cue", "threshold"])
@pytest.mark.parametrize(
    "target", ["subprocess.Popen", "vadlit.evaluation.scores.os.system", "builtins.exec"]
)
def test_a_foreign_target_is_refused(part: str, target: str, tmp_path: Path) -> None:
    folder = change(tmp_path / "detector", **{part: {"_target_": target}})
    with pytest.raises(UserError, match="_target_ is"):
        load(folder)


def test_a_detector_is_named_by_its_files_and_not_by_what_lies_below(tmp_path: Path) -> None:
    save(detector(), tmp_path / "made")
    name = digest(tmp_path / "made")
    (tmp_path / "made" / "found").mkdir()
    (tmp_path / "made" / "found" / "alarms.csv").touch()
    assert digest(tmp_path / "made") == name
    (tmp_path / "made" / "detector.json").write_text("{}")
    assert digest(tmp_path / "made") != name


def test_a_full_disk_is_told_and_takes_nothing_away(tmp_path: Path) -> None:
    made = trained()
    file = write_checkpoint(made, tmp_path / "last.ckpt")
    before = file.read_bytes()
    with (
        pytest.raises(UserError, match=r"^out is x, .*: File too large"),
        writing_out(Path("x")),
        room_for_files_of(2000),
    ):
        save(made, tmp_path / "saved")
    with (
        pytest.raises(UserError, match="File too large"),
        writing_out(Path("x")),
        room_for_files_of(2000),
    ):
        keep(made, {}, file)
    assert file.read_bytes() == before
