import numpy as np

from vadlit.scoring.quantity import PSNR, Quantity


def test_a_psnr_is_read_negated() -> None:
    assert PSNR.label == "PSNR (dB)"
    assert PSNR.shown(np.array([-29.0, -31.5])).tolist() == [29.0, 31.5]
    assert PSNR.text(-29.126) == "29.13 dB"
    assert PSNR.key == "psnr"


def test_what_has_no_unit_is_a_number() -> None:
    made = Quantity("difference", "where")
    assert made.label == "difference"
    assert made.text(0.126) == "0.13"
    assert made.shown(np.array([0.5])).tolist() == [0.5]
    assert made.key == "score"
