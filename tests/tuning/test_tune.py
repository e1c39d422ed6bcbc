"""A small line is tuned: what is told, and how it follows from what the detector would say."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.detectors import ALARM, BASE, ENCODER, predictor
from tests.tuning.footage import CUE, SIZE
from vadlit.config import Config
from vadlit.data.module import SequenceDataModule
from vadlit.data.store import StoredEvent
from vadlit.detector import assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import score_frames
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.cues.joining import Looks
from vadlit.tuning.clips import clips
from vadlit.tuning.compare import Row
from vadlit.tuning.report import plain, report
from vadlit.tuning.settings import Settings, checked
from vadlit.tuning.tune import Tuning, recommended, tune

TRAINED: Config = {"cue": CUE, "window": 3}
GRID: Config = {
    "window": [1, 3],
    "cue": {"weights": {"motion": [0.0, 1.0]}, "parts": {"motion": {"window": [8, 16]}}},
}


def plain_settings(out: Path) -> Config:
    kinds = {"faster": "Faster", "reversed": "Reversed"}
    return {
        "out": str(out),
        "grid": GRID,
        "anomalies": {k: {"_target_": f"vadlit.tuning.anomalies.{x}"} for k, x in kinds.items()},
        "gain": 0.01,
        "clips": {"frames": 20, "count": 2, "seed": 0},
    }


def settings(out: Path, **changed: Any) -> Settings:
    return checked(plain_settings(out) | changed)


def tuned(data: SequenceDataModule, chosen: Settings, trained: Config = TRAINED) -> Tuning:
    return tune(predictor(), "weights", data, trained, chosen)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def tuning(line: SequenceDataModule, out: Path) -> Tuning:
    return tuned(line, settings(out))


def detector_scores(data: SequenceDataModule, cue: Config, clip: StoredEvent) -> list[float]:
    """What the detector says of a clip."""
    threshold = {"_target_": "vadlit.scoring.thresholds.sigma.Sigma", "k": 3.0}
    built = {"encoder": ENCODER, "model": BASE, "threshold": threshold, "alarm": ALARM}
    made = assemble(predictor(), built | {"cue": cue, "window": 3, "size": SIZE})
    made.learn(data.normal(), data.val)
    found = score_frames(made, clip, range(len(clip)))
    return [score.score for score in found if score is not None]


def test_an_area_is_that_of_the_detectors_scores(
    tuning: Tuning, line: SequenceDataModule, tmp_path: Path
) -> None:
    cue = CUE | {"weights": {"motion": 0.0}}
    chosen = settings(tmp_path)
    scores: dict[str, list[float]] = {}
    for clip in clips(line.val, chosen.anomalies, chosen.frames, chosen.count, chosen.seed):
        scores.setdefault(clip.kind, []).extend(detector_scores(line, cue, clip.stored()))
    normal = scores.pop("normal")
    (row,) = (row for row in tuning.rows if row.overrides == ("cue.weights.motion=0.0",))
    for kind, found in scores.items():
        labels = np.repeat([0, 1], [len(normal), len(found)])
        expected = roc_auc_score(labels, normal + found)
        assert row.areas[kind] == pytest.approx(expected, abs=1e-3)


def test_all_settings_are_there_and_the_best_is_the_first(tuning: Tuning) -> None:
    assert len(tuning.rows) == 8
    means = [row.mean for row in tuning.rows]
    assert means == sorted(means, reverse=True)
    assert tuning.trained.overrides == ()
    assert tuning.trained in tuning.rows
    assert tuning.clips == 2
    assert tuning.trained.areas.keys() == {"faster", "reversed"}
    assert tuning.trained.areas["faster"] > 0.9


def test_what_was_seen_is_not_looked_at_again(
    tuning: Tuning, line: SequenceDataModule, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    learn, see = Fusion.learn_parts, Fusion.look

    def counted(self: Fusion, view: Any) -> Looks:
        looks.extend(self.parts)
        return see(self, view)

    monkeypatch.setattr(Fusion, "learn_parts", lambda *_: pytest.fail("all was learned"))
    monkeypatch.setattr(Fusion, "look", counted)
    again = tuned(line, settings(out))
    assert plain(again) == plain(tuning)
    assert not looks
    monkeypatch.setattr(Fusion, "learn_parts", learn)
    tuned(line, settings(out, grid={"cue": {"parts": {"motion": {"window": [24]}}}}))
    assert {part.partition("-")[0] for part in looks} == {"motion"}
    assert len(set(looks)) == 1


def test_what_was_seen_of_another_split_is_not_taken_for_this_one(
    line: SequenceDataModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []
    monkeypatch.setattr("vadlit.tuning.tune.record", lambda *a: folders.append(a[-1].folder))
    monkeypatch.setattr("vadlit.tuning.tune.row", lambda *_: made(0.5))

    def kept(train: list[StoredEvent], val: list[StoredEvent]) -> Path:
        data: Any = SimpleNamespace(normal=lambda: train, val=val, size=SIZE)
        tuned(data, settings(tmp_path))
        return folders[-1]

    (a,), (b,) = line.normal(), line.val
    cut = replace(b, event=b.event.shortened(30))
    # All of the same files in the same order.
    splits: list[tuple[list[StoredEvent], list[StoredEvent]]] = [
        ([a, b], [b]),
        ([a], [b, b]),
        ([a], [b, cut]),
    ]
    found = [kept(*split) for split in splits]
    assert len({*found}) == 3
    assert [kept(*split) for split in splits] == found


def test_the_table_tells_what_to_do(tuning: Tuning, tmp_path: Path) -> None:
    told = report(tuning, tmp_path / "tune.json")
    heading, *rows = told.splitlines()
    assert heading.split() == ["settings", "faster", "reversed", "mean"]
    assert sum(row.startswith("as trained") for row in rows) == 1
    assert told.endswith("tune.json: all 8 settings")
    better = Row(("window=1",), {"faster": 1.0})
    trained = Row((), {"faster": 0.9})
    one = report(Tuning([better, trained], trained, better, 1), tmp_path)
    assert "Better, from 0.900 to 1.000: vadlit train ... window=1" in one
    kept = report(Tuning([better, trained], trained, trained, 1), tmp_path)
    assert "Keep what was trained" in kept


def made(area: float, *overrides: str) -> Row:
    return Row(overrides, {"faster": area})


def test_what_was_trained_is_kept_unless_the_gain_is_above_the_margin() -> None:
    trained = made(0.9)
    assert recommended([trained, made(0.91, "a=1")], 0.011) is trained
    better = made(0.91, "a=1")
    assert recommended([trained, better], 0.009) is better
    assert recommended([trained], 0.0) is trained


def test_of_settings_as_good_the_one_that_changes_less_is_recommended() -> None:
    less = made(0.955, "a=1")
    rows = [made(0.9), made(0.96, "a=1", "b=2"), less, made(0.94, "c=1")]
    assert recommended(rows, 0.01) is less


def test_what_is_worse_than_chance_counts_as_chance() -> None:
    assert Row((), {"a": 0.1, "b": 0.9}).mean == pytest.approx(0.7)


def test_only_a_fusion_is_tuned(line: SequenceDataModule, tmp_path: Path) -> None:
    psnr = {"_target_": "vadlit.scoring.cues.prediction_psnr.PredictionPSNR"}
    with pytest.raises(UserError, match=r"The cue is .*PredictionPSNR; allowed is that of score="):
        tuned(line, settings(tmp_path), {"cue": psnr, "window": 3})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"out": None}, "out is None; allowed is the path of a folder"),
        ({"gain": -1}, "gain is -1"),
        (
            {"anomalies": {"faster": None}},
            r"anomalies is \{'faster': None\}; allowed is one or more",
        ),
        ({"anomalies": None}, "anomalies is None; allowed is one or more"),
        ({"clips": None}, "clips is None; allowed are frames, count, seed"),
        ({"clips": {"frames": 1, "count": 1}}, "clips is .*; allowed are frames, count, seed"),
        ({"anomalies": {"x": {"_target_": "os.system"}}}, "_target_ is os.system"),
        ({"clips": {"frames": 0, "count": 1, "seed": 0}}, r"clips\.frames is 0"),
    ],
)
def test_settings_out_of_range_are_refused(
    tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        checked(plain_settings(tmp_path) | changed)
