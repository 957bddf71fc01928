"""Cuts a picture that comes in strips into square tiles, at full size and at every halving of it.

Level 0 is the full picture; each further level has half the width and height, rounded up, down to one that
fits into a single tile. Only a strip of each level is in memory, and one small level whole: the overview.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from backend.media.decoding.strips import STRIP_ROWS

TILE_PX = STRIP_ROWS
TILE_QUALITY = 90
# The level that stands for the whole picture where tiles are not drawn: pages, assist, models.
OVERVIEW_MAX_PIXELS = 16_000_000


def level_sizes(width: int, height: int) -> list[tuple[int, int]]:
    """(width, height) per level, the full size first."""
    sizes = [(width, height)]
    while max(sizes[-1]) > TILE_PX:
        across, down = sizes[-1]
        sizes.append(((across + 1) // 2, (down + 1) // 2))
    return sizes


class Pyramid:
    """Give it strips of `STRIP_ROWS` rows (the last may be lower) with `add`; tiles go to
    `folder/<level>/<column>_<row>.jpg`, or `.webp` where the picture has an alpha channel."""

    def __init__(self, folder: Path, width: int, height: int, mode: str) -> None:
        self.sizes = level_sizes(width, height)
        self.ending = "webp" if mode == "RGBA" else "jpg"
        fits = (level for level, (w, h) in enumerate(self.sizes) if w * h <= OVERVIEW_MAX_PIXELS)
        self._overview_level = next(fits, len(self.sizes) - 1)
        self.overview = Image.new(mode, self.sizes[self._overview_level])
        self._folder, self._mode = folder, mode
        self._rows = [0] * len(self.sizes)
        self._halves: list[Image.Image | None] = [None] * len(self.sizes)
        for level in range(len(self.sizes)):
            (folder / str(level)).mkdir(parents=True)

    def add(self, strip: Image.Image) -> None:
        """The next strip of the full picture."""
        self._add(0, strip)

    def _add(self, level: int, strip: Image.Image) -> None:
        top, width = self._rows[level], self.sizes[level][0]
        if level == self._overview_level:
            self.overview.paste(strip, (0, top))
        for column, left in enumerate(range(0, width, TILE_PX)):
            tile = strip.crop((left, 0, min(width, left + TILE_PX), strip.height))
            path = self._folder / str(level) / f"{column}_{top // TILE_PX}.{self.ending}"
            if self.ending == "webp":
                tile.save(path, quality=TILE_QUALITY, method=2)
            else:
                tile.save(path, quality=TILE_QUALITY, subsampling=0)
        self._rows[level] = top + strip.height
        if level + 1 < len(self.sizes):
            self._pass_on(level + 1, strip.reduce(2), is_last=self._rows[level] == self.sizes[level][1])

    def _pass_on(self, level: int, half: Image.Image, *, is_last: bool) -> None:
        """Two halved strips make one of the level above."""
        waiting, self._halves[level] = self._halves[level], None
        if waiting is None and not is_last:
            self._halves[level] = half
            return
        if waiting is not None:
            both = Image.new(self._mode, (half.width, waiting.height + half.height))
            both.paste(waiting, (0, 0))
            both.paste(half, (0, waiting.height))
            half = both
        self._add(level, half)
