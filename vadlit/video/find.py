"""Footage in a folder."""

from pathlib import Path

from vadlit.data.prepared import FILE
from vadlit.errors import UserError
from vadlit.video.folder import IMAGE_SUFFIXES

VIDEOS = ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .wmv"
VIDEO_SUFFIXES = frozenset(VIDEOS.split())


def footage_in(path: Path) -> list[Path]:
    """A path, or what lies in it where it is a folder of videos or of folders of frames.

    Raises:
        UserError: It is a folder of neither, or cannot be read.
    """
    try:
        if not path.is_dir() or _is_frames(path):
            return [path]
        inside = [p for p in sorted(path.iterdir()) if not p.name.startswith(".")]
    except OSError as error:
        raise UserError(f"The folder {path} cannot be read: {error.strerror}.") from error
    found = [p for p in inside if _is_footage(p)]
    if not found:
        raise UserError(f"The folder {path} holds neither frames nor videos nor folders of them.")
    return found


def name_of(path: Path) -> str:
    """What footage is called: a folder's name, a file's without its ending."""
    return path.absolute().name if path.is_dir() else path.stem


def _is_footage(path: Path) -> bool:
    if not path.is_dir():
        return path.suffix.lower() in VIDEO_SUFFIXES
    try:
        # Another folder may be what a command has written there.
        return _is_frames(path)
    except PermissionError:  # lost+found of a disk
        return False


def _is_frames(folder: Path) -> bool:
    """Whether a folder holds pictures; that of a data set which was prepared shows its ROI."""
    names = [p for p in folder.iterdir() if p.name[0] != "."]
    pictures = any(p.suffix.lower() in IMAGE_SUFFIXES for p in names)
    return pictures and folder / FILE not in names
