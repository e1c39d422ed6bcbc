"""A checkpoint of training as a file; read without Lightning, which takes seconds to import."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vadlit.config import Config, build
from vadlit.data.store import FrameEncoder
from vadlit.errors import UserError
from vadlit.models.predictor import Predictor


def load_checkpoint(path: Path) -> tuple[Predictor, Config]:
    """Rebuild the trained predictor of a checkpoint and the configuration it was trained with.

    Nothing in the file is executed: it holds tensors and plain values alone.

    Raises:
        UserError: The file is missing or no checkpoint of vadlit, or its encoder is another one.
    """
    checkpoint = read_checkpoint(path)
    config, identity = checkpoint["vadlit"]["config"], checkpoint["vadlit"]["encoder"]
    try:
        parts = (config["encoder"], config["model"])
    except (LookupError, TypeError) as error:
        raise UserError(f"{path} is not a checkpoint of vadlit.") from error
    encoder, model = (build(part, "vadlit.models") for part in parts)
    check_encoder(encoder, identity, path)
    predictor = Predictor(encoder, model)
    try:
        predictor.decoder.load_state_dict(decoder_weights(checkpoint))
    except RuntimeError as error:
        raise UserError(f"{path} holds the weights of another decoder.") from error
    return predictor.eval(), config


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a checkpoint holds: tensors and plain values.

    `state_dict` has the decoder's weights, `vadlit` the `config` of training and the `encoder`'s
    identity.

    Raises:
        UserError: The file is missing or no checkpoint of vadlit.
    """
    if not path.is_file():
        raise UserError(f"There is no checkpoint {path}.")
    try:
        held: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if {"config", "encoder"} <= held["vadlit"].keys() and decoder_weights(held):
            return held
    except Exception as error:  # torch.load raises whatever the broken bytes lead to
        raise UserError(f"{path} is not a checkpoint of vadlit.") from error
    raise UserError(f"{path} is not a checkpoint of vadlit.")


def decoder_weights(checkpoint: dict[str, Any]) -> dict[str, Tensor]:
    """The decoder's state dict in what a checkpoint holds."""
    state = checkpoint["state_dict"]
    return {key.removeprefix("predictor.decoder."): value for key, value in state.items()}


def check_encoder(encoder: FrameEncoder, identity: str, path: Path) -> None:
    """Refuse encoder weights other than those that a file was made with."""
    if encoder.identity != identity:
        raise UserError(
            f"The encoder weights are {encoder.identity}, but {path} was made with {identity}; "
            "allowed are the same ones."
        )
