"""Contact sheets of proposals drawn over photographs, to be looked at: best green, alternates amber and blue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from engine.cropping.propose import propose
from tests.bench.crop_looks import KEPT, Photo

_SIDE, _TEXT, _COLUMNS, _ROWS = 380, 44, 5, 4
_COLOURS = ("#2ee66b", "#ffb020", "#4aa8ff")


def draw(photos: Sequence[Photo], weights: Mapping[str, float], *, margin: float, smallest: float) -> None:
    """Write out/bench/crops/sheet_1.png and on, twenty photographs each."""
    page = _COLUMNS * _ROWS
    for number in range(0, len(photos), page):
        sheet = Image.new("RGB", (_COLUMNS * _SIDE, _ROWS * (_SIDE + _TEXT)), "#202020")
        for at, photo in enumerate(photos[number : number + page]):
            cell = _drawn(photo, weights, margin, smallest)
            sheet.paste(cell, (at % _COLUMNS * _SIDE, at // _COLUMNS * (_SIDE + _TEXT)))
        sheet.save(KEPT / f"sheet_{number // page + 1}.png")


def _drawn(photo: Photo, weights: Mapping[str, float], margin: float, smallest: float) -> Image.Image:
    proposal = propose(photo.scene, weights, margin=margin, smallest=smallest)
    cell = Image.new("RGB", (_SIDE, _SIDE + _TEXT), "#202020")
    small = Image.fromarray(photo.rgb)
    small.thumbnail((_SIDE - 4, _SIDE - 4))
    scale = small.width / photo.scene.width
    pen = ImageDraw.Draw(small)
    for head in photo.scene.heads:
        pen.rectangle([side * scale for side in head.box], outline="#ffffff")
    for candidate, colour in reversed(list(zip(proposal.candidates, _COLOURS, strict=False))):
        x1, y1, x2, y2 = (side * scale for side in candidate.box)
        pen.rectangle([x1, y1, x2 - 1, y2 - 1], outline=colour, width=3 if candidate.id == "best" else 2)
    cell.paste(small, (2, 2))
    words = ImageDraw.Draw(cell)
    words.text((4, _SIDE), f"{photo.name[:16]} {proposal.confidence:.2f} {proposal.anchor}", fill="#ffffff")
    words.text((4, _SIDE + 14), proposal.candidates[0].note[:64], fill=_COLOURS[0])
    alternates = " | ".join(candidate.note for candidate in proposal.candidates[1:])
    words.text((4, _SIDE + 28), alternates[:64], fill=_COLOURS[1])
    return cell
