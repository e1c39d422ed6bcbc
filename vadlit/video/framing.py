"""How frames are taken from footage, so that it travels with what was trained on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vadlit.errors import UserError
from vadlit.video.roi import Roi

Size = tuple[int, int]


@dataclass(frozen=True)
class Region:
    """What was cut out of pictures of one size.

    Args:
        picture: Their height and width, pixels; None where that is unknown.
        roi: In their pixels.
    """

    picture: Size | None
    roi: Roi

    def fits(self, picture: Size) -> bool:
        """Whether it can be cut out of a picture of this height and width."""
        height, width = picture
        inside = self.roi.x + self.roi.width <= width and self.roi.y + self.roi.height <= height
        return inside if self.picture is None else self.picture == picture

    @property
    def whole(self) -> bool:
        """Whether it is all of the picture."""
        return self.picture == (self.roi.height, self.roi.width)


@dataclass(frozen=True)
class Framing:
    """What became of the footage that was trained on before it was resized.

    Args:
        regions: Cut out of it; none where it was taken whole.
        rate: Frames a second that it was resampled to; None where frames were taken as they come.
        frame_rate: Frames a second of what was trained on; None where unknown.
    """

    regions: tuple[Region, ...] = ()
    rate: float | None = None
    frame_rate: float | None = None

    def roi(self, picture: Size, size: Size, footage: str) -> Roi:
        """What to cut out of pictures.

        Args:
            picture: Their height and width, pixels.
            size: That of frames in use: pictures of that size have been cut out already.
            footage: What they are called, named in the error.

        Raises:
            UserError: Regions are known of other pictures alone.
        """
        whole = Roi(0, 0, picture[1], picture[0])
        if not self.regions or picture == size:
            return whole
        for region in self.regions:
            if region.fits(picture):
                return region.roi
        known = " or ".join(_told(region) for region in self.regions)
        raise UserError(
            f"The pictures of {footage} are {_wide(picture)}, and the detector was trained on "
            f"{known}; allowed are such pictures, frames of {_wide(size)} cut out already, or a "
            "roi of their own: roi=[x,y,width,height] or roi=null for all of it."
        )

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        regions = [
            {"picture": region.picture and list(region.picture), "roi": region.roi.plain()}
            for region in self.regions
        ]
        return {"regions": regions, "rate": self.rate, "frame_rate": self.frame_rate}

    @classmethod
    def of_plain(cls, value: Mapping[str, Any]) -> "Framing":
        """Take what `plain` gave; LookupError, TypeError or ValueError for anything else."""
        regions = []
        for region in value["regions"]:
            x, y, width, height = map(int, region["roi"])
            picture = region["picture"]
            size = None if picture is None else (int(picture[0]), int(picture[1]))
            regions.append(Region(size, Roi(x, y, width, height)))
        rates = (value[name] for name in ("rate", "frame_rate"))
        return cls(tuple(regions), *(None if rate is None else float(rate) for rate in rates))


def _told(region: Region) -> str:
    of = "" if region.picture is None else f" of {_wide(region.picture)}"
    return f"roi={region.roi}{of}"


def _wide(size: Size) -> str:
    return f"{size[1]}x{size[0]}"
