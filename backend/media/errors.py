"""Errors of media."""

from backend.core.errors import AppError, BadInput, Conflict, TooLarge, Unavailable


class FileRefused(BadInput):
    """A file that cannot be taken; the message says why, for the person who sent it."""

    code = "file_refused"


class UploadTooLarge(TooLarge):
    code = "upload_too_large"


class UploadOutOfOrder(Conflict):
    """The chunk starts past what has arrived; `received_bytes` says where to go on."""

    code = "upload_out_of_order"


class UploadOver(Conflict):
    code = "upload_over"


class RangeRefused(AppError):
    status = 416
    code = "range_refused"


class DiskFull(Unavailable):
    code = "disk_full"
