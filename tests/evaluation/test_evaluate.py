"""A small detector on a small Ped2: what is scored and told, of both it and the baseline."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from tests.conftest import FRAMES, HEIGHT, TEST, TRUTH, WIDTH, mask
from tests.detectors import COPY, PREDICTION, configuration, encoder, predictor
from vadlit.config import Config
from vadlit.data.module import SequenceDataModule, Splits
from vadlit.data.ped2 import Ped2
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import Evaluation, evaluate
from vadlit.evaluation.results import write_results
from vadlit.evaluation.scores import Bools, Floats, read_scores


class Unmasked(Ped2):
    """Without the masks of the first clip."""

    def read(self) -> Splits:
        """As of Ped2."""
        splits = super().read()
        first, *rest = splits.test
        return Splits(splits.train, splits.val, (replace(first, masks=None), *rest))


def module(kind: type[Ped2], root: Path, cache: Path) -> SequenceDataModule:
    made = kind(
        root=str(root),
        held_out=["04"],
        subset=None,
        subsets={},
        download=False,
        url="",
        archive_bytes=None,
        archive_sha256=None,
        size=[32, 64],
        sequences=4,
        batch_size=4,
        cache=True,
        cache_dir=str(cache),
        seed=0,
    )
    made.attach(encoder(), ("layer4",), augmented=False)
    made.setup("test")
    return made


def evaluated(cue: Config, kind: type[Ped2], root: Path, cache: Path) -> Evaluation:
    return evaluate(assemble(predictor(), configuration(cue)), module(kind, root, cache))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def evaluation(ped2_repack: Path, cache: Path) -> Evaluation:
    return evaluated(PREDICTION, Ped2, ped2_repack, cache)


@pytest.fixture(scope="module")
def of_copy(ped2_repack: Path, cache: Path) -> Evaluation:
    return evaluated(COPY, Ped2, ped2_repack, cache)


def test_every_frame_from_the_fifth_on_is_scored(evaluation: Evaluation) -> None:
    assert [event.event for event in evaluation.test] == list(TEST)
    assert [len(event) for event in evaluation.test] == [FRAMES - 4] * 3
    assert evaluation.report["frames_scored"] == 3 * (FRAMES - 4)
    for event, (first, last) in zip(evaluation.test, TRUTH, strict=True):
        assert np.flatnonzero(event.labels).tolist() == [
            number - 4 for number in range(4, FRAMES) if first <= number + 1 <= last
        ]


def test_too_little_validation_footage_is_told_before_anything_is_learned(
    ped2_repack: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conformal = {
        "_target_": "vadlit.scoring.thresholds.conformal.Conformal",
        "false_alarms_per_hour": 1.0,
        "block": 2.0,
    }
    detector = assemble(predictor(), configuration(COPY) | {"threshold": conformal})
    monkeypatch.setattr(Detector, "stream", lambda *_: pytest.fail("a frame was looked at"))
    with pytest.raises(UserError, match=r"has 1 blocks of 2\.0 s; .* threshold=sigma does with"):
        evaluate(detector, module(Ped2, ped2_repack, cache))


def test_the_threshold_is_that_of_the_validation_scores(evaluation: Evaluation) -> None:
    scores = np.concatenate([event.score for event in evaluation.val])
    assert evaluation.threshold == pytest.approx(scores.mean() + 3 * scores.std())


def test_the_alarm_is_on_where_the_score_is_above_the_threshold(of_copy: Evaluation) -> None:
    for event, raised in zip(of_copy.test, of_copy.raised, strict=True):
        np.testing.assert_array_equal(raised, event.score > of_copy.threshold)
    for split in ("val", "test"):
        for levels in of_copy.levels[split]:
            assert set(levels.tolist()) == {of_copy.threshold}
    runs = [np.diff(raised, prepend=False)[raised].sum() for raised in of_copy.raised]
    assert of_copy.report["alarms"] == sum(runs) > 0


def test_the_baseline_is_what_the_copy_cue_gives(
    evaluation: Evaluation, of_copy: Evaluation
) -> None:
    copied = {k: v for k, v in evaluation.report.items() if k.startswith("copy_")}
    own = {k: v for k, v in of_copy.report.items() if f"copy_{k}" in copied}
    assert copied == {f"copy_{key}": value for key, value in own.items()}
    assert {"frame_auroc", "case_auroc", "rbdc", "pixel_auroc", "frame_eer"} <= own.keys()
    assert not {"threshold", "alarms", "macro_events", "auroc_missing_because"} & own.keys()
    assert evaluation.report["frame_auroc"] != own["frame_auroc"]


def naive_pixels(root: Path, test: Sequence[str]) -> tuple[Floats, Bools]:
    """Each pixel's change from the frame before, averaged over cells, and whether it is anomalous.

    At the masks' size; the frames are resized, so that values differ a little.
    """
    values, labels = [], []
    for clip, (first, last) in zip(test, TRUTH, strict=True):
        folder = root / "testing" / "frames" / clip
        frames = [
            np.asarray(Image.open(file).convert("RGB").resize((64, 32), Image.Resampling.BILINEAR))
            for file in sorted(folder.iterdir())
        ]
        for number in range(4, FRAMES):
            change = np.abs(frames[number].astype(float) - frames[number - 1]).mean(axis=2)
            cells = change.reshape(4, 8, 8, 8).mean(axis=(1, 3))
            rows, columns = np.arange(HEIGHT) * 4 // HEIGHT, np.arange(WIDTH) * 8 // WIDTH
            values.append(cells[np.ix_(rows, columns)])
            labels.append(mask(number, anomalous=first <= number + 1 <= last) > 0)
    return np.stack(values).ravel(), np.stack(labels).ravel()


def test_maps_lie_over_their_masks(of_copy: Evaluation, ped2_repack: Path) -> None:
    values, labels = naive_pixels(ped2_repack, TEST)
    expected = roc_auc_score(labels, values)
    assert expected > 0.7
    assert of_copy.report["pixel_auroc"] == pytest.approx(expected, abs=0.02)
    assert of_copy.report["localisation_missing_because"] is None


def test_the_report_is_flat_strict_json(evaluation: Evaluation) -> None:
    text = json.dumps(evaluation.report, allow_nan=False)
    assert json.loads(text) == evaluation.report


def test_without_masks_where_is_not_told_but_all_else_is(
    evaluation: Evaluation, ped2_repack: Path, cache: Path
) -> None:
    found = evaluated(PREDICTION, Unmasked, ped2_repack, cache).report
    where = {"rbdc", "tbdc", "pixel_auroc", "pixel_criterion_auroc", "pixel_criterion_eer"}
    assert {found[key] for key in where} == {found[f"copy_{key}"] for key in where} == {None}
    reason = "1 of 3 anomalous events have no masks"
    assert found["localisation_missing_because"] == reason
    same = (
        found.keys() - where - {f"copy_{key}" for key in where} - {"localisation_missing_because"}
    )
    assert {key: found[key] for key in same} == {key: evaluation.report[key] for key in same}


def test_results_hold_the_numbers_scores_and_figures(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    write_results(tmp_path / "results", "base", evaluation)
    read = json.loads((tmp_path / "results" / "evaluation.json").read_text())
    assert read == evaluation.report
    events, decisions = read_scores(tmp_path / "results" / "scores" / "test.parquet")
    for event, decision in zip(events, decisions, strict=True):
        np.testing.assert_array_equal(decision, event.score > evaluation.threshold)
    assert {file.stem for file in (tmp_path / "results" / "curves").iterdir()} == set(TEST)
    assert {file.stem for file in (tmp_path / "results" / "predictions").iterdir()} == set(
        evaluation.examples
    )
    assert (tmp_path / "results" / "roc.png").is_file()
