"""Decoding of strangers' files in a child process with limits; `client` is the parent's side."""
