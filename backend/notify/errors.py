"""Errors of notify."""

from backend.core.errors import BadInput, Conflict


class ChannelRefused(BadInput):
    code = "channel_refused"


class ChannelNameTaken(Conflict):
    code = "channel_name_taken"
