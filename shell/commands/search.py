"""`search`: the images that fit some words, on the terminal or as JSON."""

from __future__ import annotations

from pathlib import Path

from shell.commands import common


def search(text: str, top: int, library: Path | None, *, as_json: bool) -> None:
    """Embed what has no vector yet, then look for the words."""
    from engine.vision import vectors, words

    with common.opened(common.find(library), write=False) as opened:
        wanted = words.checked(text)
        embedder = words.network(opened)
        images = words.present(opened)
        with common.progress() as progress:
            notices = vectors.embed(opened.paths, embedder, [(image.content, image.path) for image in images], progress)
        found = words.search(opened, wanted, top)
    for notice in notices:
        common.say(notice)
    paths = {image.id: image.path for image in images}
    if as_json:
        results = [{"id": image, "filepath": paths[image], "cosine": round(cosine, 6)} for image, cosine in found]
        common.answer({"words": wanted, "model": embedder.name, "images": len(images), "results": results})
    else:
        common.table(
            [(f"{cosine:.3f}", paths[image]) for image, cosine in found], f"Images like: {common.plain(wanted)}"
        )
