"""The mask an answer is corrected from, as a short text that travels to a browser and back.

One byte a pixel, deflated: a tenth of the numbers themselves. Values are read back to within half a step: 1/510 for
probabilities, `LOGIT_STEP` / 2 for logits. Whoever sends a text back may have changed it, so reading trusts nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from ml.errors import ImageError

# Base64 characters; an honest text has a few thousand, noise at 256 x 256 would have 90,000.
TEXT_MAX_CHARS = 120_000
SIDE_MAX = 512
LOGIT_STEP = 0.25
# kind, model, rows, columns, window
_HEAD = struct.Struct("<B4sHH3i")
_PROBABILITIES, _LOGITS = 1, 2
REFUSED = "The mask handed back is not one this assist gave."


def low_res_pack(low_res: NDArray[np.float32], key: str) -> str:
    """`Segmentation.low_res[k]` of the segmenter named `key`.

    Square (S, S): logits. (S + 1, S): probabilities, with their window in the last row.
    """
    rows, columns = low_res.shape
    if rows == columns:
        raw = np.clip(np.rint(low_res / LOGIT_STEP), -127, 127).astype(np.int8).tobytes()
        head = _HEAD.pack(_LOGITS, _mark(key), rows, columns, 0, 0, 0)
    else:
        raw = np.rint(low_res[:-1].clip(0.0, 1.0) * 255.0).astype(np.uint8).tobytes()
        head = _HEAD.pack(_PROBABILITIES, _mark(key), rows - 1, columns, *(int(v) for v in low_res[-1, :3]))
    return base64.b64encode(head + zlib.compress(raw, 6)).decode("ascii")


def low_res_unpack(text: str, key: str) -> NDArray[np.float32]:
    """What `low_res_pack` took. Raises ImageError for anything it did not write, or wrote for another segmenter."""
    if len(text) > TEXT_MAX_CHARS:
        raise ImageError("The mask handed back is too long.")
    try:
        data = base64.b64decode(text, validate=True)
        kind, mark, rows, columns, *window = _HEAD.unpack_from(data)
    except (binascii.Error, ValueError, struct.error) as error:
        raise ImageError(REFUSED) from error
    if mark != _mark(key) or kind not in (_PROBABILITIES, _LOGITS) or not 0 < rows == columns <= SIDE_MAX:
        raise ImageError(REFUSED)
    raw = _inflated(data[_HEAD.size :], rows * columns)
    if kind == _LOGITS:
        return np.frombuffer(raw, dtype=np.int8).reshape(rows, columns).astype(np.float32) * LOGIT_STEP
    packed = np.zeros((rows + 1, columns), dtype=np.float32)
    packed[:-1] = np.frombuffer(raw, dtype=np.uint8).reshape(rows, columns).astype(np.float32) / 255.0
    packed[-1, :3] = window
    return packed


def _inflated(data: bytes, size: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        # One byte more would show a text that holds too much; no more than that is ever unpacked.
        raw = reader.decompress(data, size + 1)
    except zlib.error as error:
        raise ImageError(REFUSED) from error
    if len(raw) != size:
        raise ImageError(REFUSED)
    return raw


def _mark(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:4]
