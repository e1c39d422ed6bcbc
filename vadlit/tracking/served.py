"""What MLflow runs to serve a detector; it loads this file as the model's code."""

from pathlib import Path
from typing import Any

import mlflow.models
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from vadlit.saved import load


class ServedDetector(PythonModel):
    """Scores the frames of one event: uint8 RGB (n, H, W, 3) to a row for each from the fifth on.

    Columns: frame, from 0; cue and score, high is anomalous; anomalous, by the threshold.
    """

    def load_context(self, context: Any) -> None:
        """Load the detector from the model's files."""
        self.detector = load(Path(context.artifacts["detector"]))

    def predict(self, context: Any, model_input: np.ndarray, params: Any = None) -> pd.DataFrame:
        """Score consecutive frames, beginning a new event."""
        self.detector.reset()
        found = [score for frame in model_input if (score := self.detector.step(frame))]
        rows = [(score.frame, score.cue, score.score) for score in found]
        table = pd.DataFrame(rows, columns=["frame", "cue", "score"])
        table["anomalous"] = self.detector.threshold.decide(
            table["score"].to_numpy(np.float64), np.array([score.changed for score in found], bool)
        )
        return table


mlflow.models.set_model(ServedDetector())
