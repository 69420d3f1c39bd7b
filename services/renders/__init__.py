"""Renders: work of an outside renderer, which tells of its end if all goes well, and is asked where it does not."""
