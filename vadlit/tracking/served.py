"""What MLflow runs to serve a detector; it loads this file as the model's code."""

from pathlib import Path
from threading import Lock
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
        # The server answers several requests at once.
        self.free = Lock()

    def predict(self, context: Any, model_input: np.ndarray, params: Any = None) -> pd.DataFrame:
        """Score consecutive frames, beginning a new event."""
        with self.free:
            self.detector.reset()
            found = [score for frame in model_input if (score := self.detector.step(frame))]
            scores = np.array([score.score for score in found], np.float64)
            changed = np.array([score.changed for score in found], np.bool_)
            anomalous = self.detector.threshold.decide(scores, changed)
        return pd.DataFrame(
            {
                "frame": np.array([score.frame for score in found], np.int64),
                "cue": np.array([score.cue for score in found], np.float64),
                "score": scores,
                "anomalous": anomalous,
            }
        )


mlflow.models.set_model(ServedDetector())
