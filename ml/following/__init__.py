"""One object through the frames of a video: flow says where it went, its looks whether it is still the same one."""
