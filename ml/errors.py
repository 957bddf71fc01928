"""Errors of the machine-learning half. `MlError` is the root; each class names what went wrong.

MlError
├── DatasetError        the folder or file cannot be read as a dataset
├── ManifestError       a RUN folder is missing parts or does not match its checksum
├── TrainingError       training cannot start or go on (no labels, non-finite loss)
├── ParityError         an exported graph disagrees with the network it came from
├── ImageError          a picture cannot be decoded or is over the limits
├── GeometryError       points that do not determine what was asked
└── QualityError        reviews, votes or plans that do not fit together
"""


class MlError(Exception):
    """Root of every error raised on purpose by `ml`. `str()` is a sentence for a person."""


class DatasetError(MlError):
    """The folder or file cannot be read as a dataset."""


class ManifestError(MlError):
    """A RUN folder is missing parts or does not match its checksum."""


class TrainingError(MlError):
    """Training cannot start or go on."""


class ParityError(MlError):
    """An exported graph disagrees with the network it came from."""


class ImageError(MlError):
    """A picture cannot be decoded or is over the limits."""


class GeometryError(MlError):
    """The points given do not determine the geometry asked for."""


class QualityError(MlError):
    """Reviews, votes or plans that do not fit together."""
