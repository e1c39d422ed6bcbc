"""What needs no card of what is measured on one."""

from vadlit.benchmark.gpu import encoder_on


def test_the_encoder_is_measured_for_every_batch() -> None:
    figures = encoder_on("cpu", "the card", [32, 64], [1, 3], turns=1)
    assert [figure.name for figure in figures] == [
        "the card, batches of 1",
        "the card, batches of 3",
        "the card, batches of 1: share of the limit",
        "the card, batches of 3: share of the limit",
    ]
    assert all(figure.median > 0 for figure in figures)
    assert all(figure.median < 1 for figure in figures[2:])
