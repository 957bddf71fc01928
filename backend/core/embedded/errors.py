"""What can stop an embedded service from starting, each with what to do about it.

EmbeddedError
├── BinaryMissing      no PostgreSQL or Redis program for this machine
├── DataDirUnusable    the data folder cannot be made, written, or belongs to somebody else
├── DataDirBusy        another process runs from this data folder
└── ServiceFailed      the program started and ended, or never answered
"""


class EmbeddedError(Exception):
    """`problem` says what is wrong, `remedy` what to do; both are single lines without a full stop."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}: {remedy}")
        self.problem = problem
        self.remedy = remedy


class BinaryMissing(EmbeddedError):
    pass


class DataDirUnusable(EmbeddedError):
    pass


class DataDirBusy(EmbeddedError):
    pass


class ServiceFailed(EmbeddedError):
    pass
