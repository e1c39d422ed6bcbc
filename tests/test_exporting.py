"""An exported detector is the trained one, as well as its back end can."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.backends.extras import need
from tests.detectors import ALARM, BASE, ENCODER, detector, encoder, footage, predictor, run
from vadlit.backends.convert import switched
from vadlit.config import Config, build
from vadlit.data.store import StoredEvent
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import evaluate
from vadlit.exporting import export, free_folder, spread
from vadlit.saved import keep, load, save
from vadlit.scoring.cues.fusion import Fusion

SIZE = [32, 64]
TORCH = {"_target_": "vadlit.backends.torch.Torch"}
FLOAT = {"_target_": "vadlit.backends.graph.Float"}
INT8 = {"_target_": "vadlit.backends.int8.Int8"}
ONNX = {"_target_": "vadlit.backends.onnx.Onnx", "graph": FLOAT, "threads": 1}
OPENVINO = {
    "_target_": "vadlit.backends.openvino.OpenVINO",
    "graph": FLOAT,
    "threads": 1,
    "precision": "f32",
}
BACKENDS = {
    "onnx": ("onnxruntime", ONNX),
    "onnx_int8": ("onnxruntime", ONNX | {"graph": INT8}),
    "openvino": ("openvino", OPENVINO),
    "openvino_int8": ("openvino", OPENVINO | {"graph": INT8}),
}


def write_events(root: Path) -> Path:
    """A box that goes to and fro over a textured floor; in the test, for a while, another one."""
    floor = np.random.default_rng(7).integers(60, 140, (4, 8, 1), np.uint8)
    for split, count in (("train", 24), ("val", 24), ("test", 24)):
        folder = root / split / "line"
        folder.mkdir(parents=True)
        for number in range(count):
            image = np.kron(floor, np.ones((8, 8, 3), np.uint8))
            x = 4 + abs((3 * number) % 80 - 40)
            image[8:24, x : x + 16] = 250
            if split == "test" and 10 <= number < 18:
                image[8:24:2, x : x + 16] = [255, 0, 0]
            Image.fromarray(image).save(folder / f"{number:02d}.png")
        labels = {"frame_rate": 10.0, "anomalous": [[10, 17]] if split == "test" else []}
        (folder / "labels.json").write_text(json.dumps(labels))
    return root


def settings(place: Path) -> Config:
    appearance = {"_target_": "vadlit.scoring.cues.appearance.Appearance", "memory": 200}
    motion = {"_target_": "vadlit.scoring.cues.motion.Motion"}
    return {
        "name": "line",
        "encoder": ENCODER,
        "model": BASE,
        "cue": {
            "_target_": "vadlit.scoring.cues.fusion.Fusion",
            "parts": {"appearance": appearance, "motion": motion},
        },
        "threshold": {"_target_": "vadlit.scoring.thresholds.sigma.Sigma", "k": 3.0},
        "alarm": ALARM,
        "window": 2,
        "data": {
            "_target_": "vadlit.data.folder.Folder",
            "root": str(write_events(place / "line")),
            "size": SIZE,
            "sequences": 8,
            "batch_size": 4,
            "seed": 0,
            "cache": True,
            "cache_dir": str(place / "cache"),
        },
    }


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What training leaves; not to be changed."""
    place = tmp_path_factory.mktemp("trained")
    config, trained = settings(place), predictor()
    weights = {f"predictor.decoder.{k}": x for k, x in trained.decoder.state_dict().items()}
    known = {"config": config, "encoder": encoder().identity}
    file = place / "last.ckpt"
    torch.save({"state_dict": weights, "vadlit": known}, file)
    data = build(config["data"], "vadlit.data")
    learned = assemble(trained, config | {"size": SIZE})
    data.attach(encoder(), (), augmented=False)
    data.setup("test")
    keep(learned, evaluate(learned, data).report, file)
    return file


def scores(made: Detector, checkpoint: Path) -> list[float]:
    """Of the test event."""
    made.reset()
    folder = checkpoint.parent / "line" / "test" / "line"
    images = [np.asarray(Image.open(file)) for file in sorted(folder.glob("*.png"))]
    found = [made.step(image) for image in images]
    return [score.score for score in found if score is not None]


def wanted(backend: Config, **changed: Any) -> Config:
    return {"backend": backend, "data": {}, "calibration": 20} | changed


def test_torch_gives_the_very_same(checkpoint: Path, tmp_path: Path) -> None:
    before, after = export(checkpoint, wanted(TORCH), tmp_path / "out")
    assert before == after
    assert 0 < float(after["frame_auroc"] or 0) <= 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    written = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert written == after
    loaded, trained = load(tmp_path / "out"), load(checkpoint)
    assert scores(loaded, checkpoint) == scores(trained, checkpoint)
    assert loaded.threshold.state() == trained.threshold.state()
    assert loaded.framing == trained.framing


@pytest.mark.parametrize("name", BACKENDS)
def test_another_back_end_is_as_good(name: str, checkpoint: Path, tmp_path: Path) -> None:
    package, backend = BACKENDS[name]
    need("onnx", package)
    before, after = export(checkpoint, wanted(backend), tmp_path / "out")
    loaded, trained = load(tmp_path / "out"), load(checkpoint)
    found, expected = (scores(each, checkpoint) for each in (loaded, trained))
    if "int8" not in name:
        # Distances differ by 4.3e-5 at most, whatever unit the scores have.
        assert isinstance(trained.cue, Fusion)
        scale, usual = trained.cue.joining.scale, trained.cue.joining.usual
        close = 4.3e-5 / float(scale.deviations[0] * usual.deviations.min())
        assert found == pytest.approx(expected, rel=1e-3, abs=close)
        assert after["frame_auroc"] == before["frame_auroc"]
        assert scores(switched(trained, backend), checkpoint) == pytest.approx(expected, abs=close)
    else:
        assert np.corrcoef(found, expected)[0, 1] > 0.95
        assert found != pytest.approx(expected, abs=1e-3)
        with pytest.raises(UserError, match="needs normal footage"):
            switched(trained, backend)
    with pytest.raises(UserError, match="than the detector was exported for"):
        switched(loaded, backend)
    save(loaded, tmp_path / "again")
    names = sorted(path.name for path in (tmp_path / "again").iterdir())
    learned = [f"{part}.safetensors" for part in ("cue", "decoder", "normal")]
    assert names == sorted([*learned, "detector.json", "encoder.onnx"])
    (tmp_path / "again" / "encoder.onnx").write_bytes(b"")
    with pytest.raises(UserError):
        load(tmp_path / "again")


def test_predictions_work_with_a_graph(tmp_path: Path) -> None:
    need("onnx", "onnxruntime")
    made = detector()
    found = [x.score for x in run(switched(made, ONNX), footage(8))]
    assert found == pytest.approx([x.score for x in run(made, footage(8))], abs=1e-3)


def test_without_known_numbers_the_trained_one_is_evaluated(
    checkpoint: Path, tmp_path: Path
) -> None:
    held = torch.load(checkpoint, weights_only=True)
    for key in ("detector", "cue", "report"):
        del held["vadlit"][key]
    torch.save(held, tmp_path / "best.ckpt")
    before, after = export(tmp_path / "best.ckpt", wanted(TORCH), tmp_path / "out")
    assert before == after


def test_frames_are_spread_evenly() -> None:
    class Numbers(StoredEvent):
        def __len__(self) -> int:
            return 10

    events = [
        Numbers(None, {"frames": torch.arange(start, start + 10)})  # type: ignore[arg-type]
        for start in (0, 10)
    ]
    assert [int(x) for x in spread(events, 4)] == [0, 5, 10, 15]
    assert [int(x) for x in spread(events, 99)] == list(range(20))


def test_the_folder_must_be_free(tmp_path: Path) -> None:
    assert free_folder(str(tmp_path)) == tmp_path
    (tmp_path / "a").touch()
    for value, message in (
        (None, "out is None; allowed is a new folder"),
        (str(tmp_path), "which exists already"),
        (str(tmp_path / "a"), "which exists already"),
    ):
        with pytest.raises(UserError, match=message):
            free_folder(value)


@pytest.mark.parametrize("count", [0, 1.5, None])
def test_a_wrong_number_of_frames_is_told(count: Any, checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="calibration is"):
        export(checkpoint, wanted(TORCH, calibration=count), tmp_path / "out")
