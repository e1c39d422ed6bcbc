import torch

from vadlit.scoring.view import View


def test_target_and_last_input_are_the_last_two_frames() -> None:
    frames = torch.arange(5.0).reshape(5, 1, 1, 1).expand(5, 3, 2, 2) / 4
    view = View(frames)
    assert torch.equal(view.target, torch.full((3, 2, 2), 1.0))
    assert torch.equal(view.last_input, torch.full((3, 2, 2), 0.75))


def test_its_grey_is_the_targets_and_made_once() -> None:
    view = View([torch.zeros(3, 2, 2), torch.full((3, 2, 2), 0.5)])
    assert view.grey.tolist() == [[128, 128]] * 2
    assert view.grey is view.grey
