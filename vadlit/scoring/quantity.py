"""What the scores of a cue measure, and how people read it."""

from typing import NamedTuple

from numpy import float64
from numpy.typing import NDArray


class Quantity(NamedTuple):
    """The name and the unit of a cue's scores, of which high is anomalous.

    Attributes:
        name: As axes and curves show it.
        map: The same of the cue's map.
        unit: Empty where there is none.
        sign: -1 where people read the score negated: as a PSNR, of which low is anomalous.
        key: Of the curves in MLflow, `KEY/EVENT`.
    """

    name: str
    map: str
    unit: str = ""
    sign: int = 1
    key: str = "score"

    @property
    def label(self) -> str:
        """The name with its unit.

        >>> PSNR.label
        'PSNR (dB)'
        """
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def shown(self, scores: NDArray[float64]) -> NDArray[float64]:
        """Scores as people read them, or back."""
        return self.sign * scores

    def text(self, score: float) -> str:
        """A score as people read it.

        >>> PSNR.text(-29.123)
        '29.12 dB'
        """
        return f"{self.sign * score:.2f} {self.unit}".rstrip()


PSNR = Quantity("PSNR", "mean absolute error", "dB", sign=-1, key="psnr")
