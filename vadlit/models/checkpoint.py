"""A checkpoint of training as a file; read without Lightning, which takes seconds to import."""

from pathlib import Path

import torch

from vadlit.config import Config, build
from vadlit.errors import UserError
from vadlit.models.encoder import Encoder
from vadlit.models.predictor import Predictor


def load_checkpoint(path: Path) -> tuple[Predictor, Config]:
    """Rebuild the trained predictor of a checkpoint and the configuration it was trained with.

    Nothing in the file is executed: it holds tensors and plain values alone.

    Raises:
        UserError: The file is missing or no checkpoint of vadlit, or its encoder is another one.
    """
    if not path.is_file():
        raise UserError(f"There is no checkpoint {path}.")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        config, identity = checkpoint["vadlit"]["config"], checkpoint["vadlit"]["encoder"]
        parts, state = (config["encoder"], config["model"]), checkpoint["state_dict"]
        decoder = {key.removeprefix("predictor.decoder."): value for key, value in state.items()}
    except Exception as error:  # torch.load raises whatever the broken bytes lead to
        raise UserError(f"{path} is not a checkpoint of vadlit.") from error
    encoder, model = (build(part, "vadlit.models") for part in parts)
    check_encoder(encoder, identity, path)
    predictor = Predictor(encoder, model)
    try:
        predictor.decoder.load_state_dict(decoder)
    except RuntimeError as error:
        raise UserError(f"{path} holds the weights of another decoder.") from error
    return predictor.eval(), config


def check_encoder(encoder: Encoder, identity: str, path: Path) -> None:
    """Refuse encoder weights other than those that a file was made with."""
    if encoder.identity != identity:
        raise UserError(
            f"The encoder weights are {encoder.identity}, but {path} was made with {identity}; "
            "allowed are the same ones (encoder.weights)."
        )
