"""Runs in the decoding child: one picture to its upright display file, thumbnail, hash and quality."""

from __future__ import annotations

import io
import struct
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from backend.media.decoding import large, webp
from backend.media.decoding.pixels import eight_bit
from backend.media.decoding.refusal import Refused
from backend.media.decoding.strips import png_has_late_chunks
from backend.media.domain.phash import to_signed
from backend.media.domain.strip import NotStrippable, strip

if TYPE_CHECKING:
    from ml.scene.privacy import Polygons

THUMBNAIL_PX = 320
THUMBNAIL_QUALITY = 78
DISPLAY_JPEG_QUALITY = 95
# Above this a lossless display file would cost browsers more than it gives.
LOSSLESS_MAX_MEGAPIXELS = 12
ANALYSIS_PX = 512
DARK_MEAN_MAX = 40.0  # of 255
BLUR_VARIANCE_MAX = 60.0  # Laplacian variance of the picture at 512 px
_PILLOW_NAMES = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "webp": ("WEBP",),
    "bmp": ("BMP",),
    "tiff": ("TIFF",),
    "gif": ("GIF",),
}
_LAPLACIAN_MIN_PX = 3


def header(path: Path, kind: str, max_pixels: int) -> Image.Image:
    """Open without decoding. Raises Refused for what is broken, another format, or too many pixels."""
    if kind not in _PILLOW_NAMES:
        raise Refused(f"{kind} is not a kind of picture the decoder knows.")
    Image.MAX_IMAGE_PIXELS = None  # our own check below is stricter and says so
    if kind == "webp":  # Pillow makes room for whole pictures as soon as it opens one
        facts = webp.facts_read(path)
        _size_check(facts.width, facts.height, max_pixels)
        if facts.width * facts.height > large.TILED_ABOVE_PIXELS:
            return webp.LargeWebp(path, facts)
    try:
        image = Image.open(path, formats=_PILLOW_NAMES[kind])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, Warning) as error:
        raise Refused("The picture is broken: its header cannot be read.") from error
    _size_check(*image.size, max_pixels)
    return image


def _size_check(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refused(
            f"The picture has {width} × {height} = {width * height / 1e6:.0f} megapixels; "
            f"the limit is {max_pixels / 1e6:.0f}."
        )
    if min(width, height) < 1:
        raise Refused("The picture has no pixels.")


def ingest(path: Path, kind: str, out: Path, max_pixels: int, polygons: Polygons = ()) -> dict[str, Any]:
    """Write `display.*`, `stored.*` (only where the original may not be kept) and `thumbnail.jpg` to `out`.

    Answers width and height (upright), `display` and `stored` names ("" = the original serves), `media_type`
    of the display file, dHash, quality, and `captured_at` from EXIF (naive ISO time) where given. A large
    picture also gets `tiles/` and an overview (see `large.ingest`). With `polygons` (0..1 of the upright picture)
    what they hold is black in all of these, and the original is never what is stored.
    """
    warnings.simplefilter("error")
    with header(path, kind, max_pixels) as image:
        try:
            plain, answer = _decoded(image, path, kind, out, polygons)
        except Refused:
            raise
        except large.BROKEN as error:
            raise Refused(f"The picture is broken: {error}"[:250]) from error
    answer |= _analysis(plain)
    _thumbnail(plain).save(out / "thumbnail.jpg", quality=THUMBNAIL_QUALITY)
    return answer


def _decoded(
    image: Image.Image, path: Path, kind: str, out: Path, polygons: Polygons
) -> tuple[Image.Image, dict[str, Any]]:
    """Upright pixels in eight bits a channel (of a large picture, its overview), and what `ingest` answers of them."""
    is_large = image.width * image.height > large.TILED_ABOVE_PIXELS
    if is_large and kind == "png" and not png_has_late_chunks(path):
        exif = Image.Image.getexif(
            image
        )  # PNG's own would decode the whole picture to look behind its pixels
    else:
        exif = image.getexif()
    turn = int(exif.get(ExifTags.Base.Orientation, 1) or 1)
    private = _has_private_metadata(image, exif)
    answer: dict[str, Any] = {"captured_at": _captured_at(exif)}
    if is_large:
        known = {"turn": turn if 1 <= turn <= 8 else 1, "private": private, "polygons": polygons}
        plain, facts = large.ingest(path, kind, out, image, friendly=_friendly(image, kind), **known)
        return plain, answer | facts
    image.load()
    upright = ImageOps.exif_transpose(image) if turn != 1 else image
    plain = eight_bit(upright)
    if polygons:
        from backend.media.decoding.burning import burned  # only those who need it load OpenCV

        plain = burned(plain, polygons)
    answer |= {"width": plain.width, "height": plain.height, "overview": "", "tiles": None}
    return plain, answer | _display(
        path, kind, image, plain, out, turned=turn != 1 or bool(polygons), private=private
    )


def _has_private_metadata(image: Image.Image, exif: Image.Exif) -> bool:
    """Anything about place, device, person or text; colour profiles and resolution are not."""
    noise = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "icc_profile", "gamma", "adobe"}
    noise |= {"adobe_transform", "progressive", "progression", "transparency", "interlace", "compression"}
    noise |= {"srgb", "chromaticity", "loop", "background", "timestamp", "duration", "exif", "mode", "aspect"}
    noise |= {"resolution", "default_image", "bbox", "version"}
    return bool(len(exif)) or any(key not in noise for key in image.info)


def _captured_at(exif: Image.Exif) -> str | None:
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(
        ExifTags.Base.DateTime
    )
    try:
        return datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None


def _friendly(image: Image.Image, kind: str) -> bool:
    """Whether browsers draw the file as it is."""
    known = kind in {"jpeg", "png", "webp"} and image.format != "MPO"
    return known and image.mode in {"RGB", "RGBA", "L", "P", "1"} and getattr(image, "n_frames", 1) == 1


def _display(
    path: Path, kind: str, image: Image.Image, plain: Image.Image, out: Path, *, turned: bool, private: bool
) -> dict[str, Any]:
    """Which bytes browsers get. Nothing that stays on disk keeps private metadata."""
    friendly = _friendly(image, kind)
    media_type = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}.get(kind, "")
    if friendly and not turned and not private:
        return {"display": "", "stored": "", "media_type": media_type}
    if friendly and not turned:
        try:
            clean = strip(kind, path.read_bytes())
            with Image.open(io.BytesIO(clean)) as check:  # what was cut must still be a picture
                check.load()
            name = f"display.{'jpg' if kind == 'jpeg' else kind}"
            (out / name).write_bytes(clean)
            return {"display": name, "stored": name, "media_type": media_type}
        except (NotStrippable, OSError, SyntaxError, ValueError, Warning):
            pass  # encoded anew below
    name, media_type = _encode(plain, kind, out, image.info.get("icc_profile"))
    return {"display": name, "stored": name if private or turned else "", "media_type": media_type}


def _encode(plain: Image.Image, kind: str, out: Path, icc_profile: bytes | None) -> tuple[str, str]:
    extra: dict[str, Any] = {"icc_profile": icc_profile} if icc_profile and plain.mode == "RGB" else {}
    small = plain.width * plain.height <= LOSSLESS_MAX_MEGAPIXELS * 1_000_000
    clean = Image.new(plain.mode, plain.size)  # a fresh picture carries nothing over
    clean.paste(plain)
    if plain.mode == "RGBA" or (kind != "jpeg" and small):
        clean.save(out / "display.png", compress_level=3 if small else 1, **extra)
        return "display.png", "image/png"
    clean.save(out / "display.jpg", quality=DISPLAY_JPEG_QUALITY, subsampling=0, **extra)
    return "display.jpg", "image/jpeg"


def _thumbnail(plain: Image.Image) -> Image.Image:
    small = plain.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return small.convert("RGB")


def _analysis(plain: Image.Image) -> dict[str, Any]:
    grey = plain.convert("L")
    small = grey.resize((9, 8), Image.Resampling.BOX)
    bits = (np.diff(np.asarray(small, dtype=np.int16), axis=1) > 0).ravel()
    value = int("".join("1" if bit else "0" for bit in bits), 2)
    grey.thumbnail((ANALYSIS_PX, ANALYSIS_PX), Image.Resampling.BOX)
    pixels = np.asarray(grey, dtype=np.float32)
    variance, mean = _laplacian_variance(pixels), float(pixels.mean())
    return {
        "dhash": to_signed(value),
        "quality": {
            "sharpness": round(variance, 2),
            "brightness": round(mean, 2),
            "blurred": variance < BLUR_VARIANCE_MAX,
            "dark": mean < DARK_MEAN_MAX,
        },
    }


def _laplacian_variance(pixels: np.ndarray) -> float:
    if min(pixels.shape) < _LAPLACIAN_MIN_PX:
        return 0.0
    middle = pixels[1:-1, 1:-1]
    response = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
    return float(response.var())
