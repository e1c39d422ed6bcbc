"""A trained detector as files: a folder of its own, or all of it inside the checkpoint."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as as_bytes
from torch import Tensor

from vadlit.backends.backend import Backend
from vadlit.config import Config, build
from vadlit.data.whole import whole_or_nothing
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.models.checkpoint import check_encoder, decoder_weights, read_checkpoint
from vadlit.models.predictor import Predictor
from vadlit.video.framing import Framing

FORMAT = 10
# What a missing file, bytes that are no JSON, and settings or weights that do not fit raise.
_BROKEN = (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError)

Weights = dict[str, Tensor]
Report = dict[str, float | int | str | None]


def save(detector: Detector, folder: Path) -> None:
    """Write `{decoder,cue,normal}.safetensors` and `detector.json` into a new folder.

    The encoder is named, not copied, unless its back end keeps one of its own.
    """
    folder.mkdir(parents=True)
    decoder = _plain(detector.predictor.decoder.state_dict())
    for name, weights in (("decoder", decoder), *_learned(detector).items()):
        # Bytes first: on a full disk safetensors and PyTorch raise errors of their own.
        (folder / f"{name}.safetensors").write_bytes(as_bytes(weights))
    backend: Backend = build(detector.config["backend"], "vadlit.backends")
    backend.save(detector.predictor.encoder, folder)
    text = json.dumps(_description(detector), indent=2)
    (folder / "detector.json").write_text(text + "\n", encoding="utf-8")


def keep(detector: Detector, report: Report, checkpoint: Path) -> None:
    """Add what the detector has learned to the checkpoint of its decoder, whole or not at all.

    Args:
        detector: Run by PyTorch.
        report: The numbers of its evaluation.
        checkpoint: Of its training.
    """
    held = read_checkpoint(checkpoint)
    # As JSON, so that none of numpy's numbers comes along: those take code to read.
    held["vadlit"]["detector"] = json.loads(json.dumps(_description(detector)))
    held["vadlit"]["report"] = json.loads(json.dumps(report))
    held["vadlit"] |= _learned(detector)
    content = BytesIO()
    torch.save(held, content)
    with whole_or_nothing(checkpoint) as part:
        part.write_bytes(content.getbuffer())


def report_of(checkpoint: Path) -> Report | None:
    """The numbers of the evaluation that `keep` added to a checkpoint; None before that."""
    report: Report | None = read_checkpoint(checkpoint)["vadlit"].get("report")
    return report


def load(place: Path) -> Detector:
    """Read the folder that `save` wrote, or the checkpoint that `keep` added to.

    Nothing in the files is executed.

    Raises:
        UserError: A file is missing or broken, made with other encoder weights, or the checkpoint
            of a training that has not come to its end.
    """
    try:
        return _restored(*(_from_folder(place) if place.is_dir() else _from_file(place)), place)
    except _BROKEN as error:
        reason = str(error).partition("\n")[0].rstrip(":.")
        raise UserError(f"{place} is not a detector of vadlit: {reason}.") from error


def packed(detector: Detector) -> dict[str, bytes]:
    """The files that `save` writes, by name: a detector to send to another process."""
    with TemporaryDirectory() as scratch:
        save(detector, Path(scratch) / "detector")
        return {file.name: file.read_bytes() for file in Path(scratch, "detector").iterdir()}


def unpacked(files: dict[str, bytes]) -> Detector:
    """The detector that was packed."""
    with TemporaryDirectory() as scratch:
        for name, content in files.items():
            Path(scratch, name).write_bytes(content)
        return load(Path(scratch))


def digest(place: Path) -> str:
    """A name for the contents of a detector's files."""
    files = sorted(filter(Path.is_file, place.iterdir())) if place.is_dir() else [place]
    found = sha256()
    for file in files:
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:24]


def _plain(state: Weights) -> Weights:
    return {key: x.detach().cpu().contiguous() for key, x in state.items()}


def _learned(detector: Detector) -> dict[str, Weights]:
    """What the cue learned, and the scores that the threshold was fitted on, by their number."""
    scores = {f"{number:06d}": torch.from_numpy(x) for number, x in enumerate(detector.normal)}
    return {"cue": _plain(detector.cue.state()), "normal": _plain(scores)}


def _description(detector: Detector) -> Config:
    return {
        "format": FORMAT,
        **detector.config,
        "encoder_identity": detector.predictor.encoder.identity,
        "threshold_state": detector.threshold.state(),
        "framing": detector.framing.plain(),
    }


def _from_folder(folder: Path) -> tuple[Any, Weights, Weights, Weights]:
    description = json.loads((folder / "detector.json").read_text(encoding="utf-8"))
    names = ("decoder", "cue", "normal")
    decoder, cue, normal = (load_file(folder / f"{name}.safetensors") for name in names)
    return description, decoder, cue, normal


def _from_file(checkpoint: Path) -> tuple[Any, Weights, Weights, Weights]:
    held = read_checkpoint(checkpoint)
    kept = held["vadlit"]
    if "detector" not in kept:
        raise UserError(
            f"{checkpoint} holds a decoder but no threshold; allowed is last.ckpt of a training "
            "that has come to its end, its evaluation included."
        )
    return kept["detector"], decoder_weights(held), kept["cue"], kept["normal"]


def _restored(
    description: Any, decoder: Weights, cue: Weights, normal: Weights, place: Path
) -> Detector:
    if description["format"] != FORMAT:
        raise UserError(f"{place} has format {description['format']}; allowed is {FORMAT}.")
    backend: Backend = build(description["backend"], "vadlit.backends")
    encoder = backend.load(description["encoder"], place)
    check_encoder(encoder, description["encoder_identity"], place)
    predictor = Predictor(encoder, build(description["model"], "vadlit.models"))
    predictor.decoder.load_state_dict(decoder)
    detector = assemble(predictor, description)
    detector.cue.restore(cue)
    detector.threshold.restore(description["threshold_state"])
    detector.framing = Framing.of_plain(description["framing"])
    detector.normal = [normal[name].numpy() for name in sorted(normal)]
    return detector
