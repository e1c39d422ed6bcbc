"""The number of frames of a video, which takes a pass of decoding, kept beside the stored frames.

What a container says of it is often wrong.
"""

from pathlib import Path

from vadlit.data.cache import key, writing_cache
from vadlit.data.frames import Frames
from vadlit.data.whole import write_whole


def count_frames(footage: Frames, cache_dir: Path) -> int:
    """Count frames, or remember the number from the last time that the same files were counted.

    Raises:
        UserError: The footage cannot be read, or the disk is full or refuses.
    """
    file = cache_dir / "counts" / key(footage.files)
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):  # not counted yet, or damaged
        count = len(footage)
    with writing_cache(cache_dir):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, str(count))
    return count
