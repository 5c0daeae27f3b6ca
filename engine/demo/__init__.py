"""A small library of drawn pictures that shows what Pickwise does; the same bytes every time, nothing is downloaded."""

from engine.demo.files import draw

__all__ = ["draw"]
