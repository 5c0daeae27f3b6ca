"""A long session in fast forward: import, cull, rank, crop, same?, learn, promote, review, undo; the journal tells it.

One person with one taste, the brighter picture, at the real page on the real engine, by keys alone. Three things are
done beside the page: settings (targets so low that eight checks open the gate), the looks that crops are proposed from
(made up, so that no detector runs) and the proposals. The folder is what the window was started on. At the end the
database is deleted, and what the journal replays to is compared with what stood before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.culling.run import regroup
from engine.library.store import Library
from engine.progress import Quiet
from tests import cropped, draw
from tests.ui import cropping, ranking
from tests.ui.conftest import Seat
from tests.ui.insights import painted, shown, tiles

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
TRIOS, STAGED, ALONE = 30, 4, 18  # 90 + 12 + 18 images
LIGHT = (-0.15, 0.0, 0.15)  # stops
SHOWN = "[data-shown=true] .cell[data-image]"
CHECKS, MATCHES, CROPS, PAIRS = 8, 24, 12, 6
SETTINGS = {
    "learning.random_share": 1.0, "learning.target_winner": 0.5, "learning.promote_from": 0.5,
    "learning.least_pairs": 20, "learning.least_families": 8,
}  # fmt: skip
# What the person decided, and what follows from it: image ids stand for their paths, numbers of rows for nothing.
TABLES = (
    "verdicts", "flags", "checks", "links", "agreements", "trials", "promoted", "shut_gates", "to_crop", "crop_answers",
    "matches", "comparisons", "ratings", "decisions",
)  # fmt: skip
IMAGES = ("image_id", "winner_id", "loser_id", "one", "other")
NUMBERS = ("id", "seq", "match_id", "changes")


def drawn(folder: Path) -> Path:
    """Trios of one scene in three lights, scenes in three stages, and pictures that are alone."""
    for number in range(TRIOS):
        base = draw.natural(1000 + number, 180, 240)
        for letter, stops in zip("abc", LIGHT[number % 3 :] + LIGHT[: number % 3], strict=True):
            picture = draw.variant(draw.exposed(base, stops), 7 * number + ord(letter), 1.0)
            draw.save(picture, folder / f"scene{number:02d}_{letter}.png")
    for number in range(STAGED):
        base = draw.natural(5000 + number, 180, 240)
        for stage in (1, 2, 3):
            name = f"2025070{number + 1}_10{number:02d}00_stage{stage}_x.png"
            draw.save(draw.variant(base, 11 * number + stage, 1.0), folder / name)
    for number in range(ALONE):
        draw.save(draw.natural(8000 + number // 2, 180, 240 - number % 2 * 60), folder / f"alone{number:02d}.png")
    return folder


def ask(seat: Seat, name: str, **body: object) -> dict[str, Any]:
    answer = json.loads(seat.engine.call(name, json.dumps(body)))
    assert "error" not in answer, answer
    return dict(answer)


def idle(seat: Seat) -> None:
    """Wait until nothing runs any more."""
    seat.until(lambda: (job := seat.engine.jobs.current()) is None or job.state != "running", 240)


def brightness(seat: Seat) -> dict[int, float]:
    rows = ranking.rows(seat, "SELECT image_id, quality FROM features")
    return {int(image): float(json.loads(quality)["brightness"]) for image, quality in rows}


def cells(seat: Seat) -> list[int]:
    return [int(i) for i in seat.page.eval_on_selector_all(SHOWN, "es => es.map(e => e.dataset.image)")]


def cull(seat: Seat, light: dict[int, float], most: int) -> int:
    """Keep the brightest of so many groups; answers with how many there were."""
    for number in range(most):
        seat.until(lambda: finished(seat) or cells(seat))
        if finished(seat):
            return number
        group, images, before = seat.group(), cells(seat), len(ranking.journal(seat))
        seat.press(str(1 + max(range(len(images)), key=lambda n: light[images[n]])))
        seat.until(lambda group=group: finished(seat) or seat.group() != group)
        seat.until(lambda before=before: len(ranking.journal(seat)) > before)
    return most


def finished(seat: Seat) -> bool:
    return seat.page.locator("[data-finished=true]").count() > 0


def rank(seat: Seat, light: dict[int, float]) -> None:
    ranking.begin(seat, 4)
    for _ in range(MATCHES):
        images = ranking.images(seat)
        ranking.play(seat, str(1 + max(range(len(images)), key=lambda n: light[images[n]])))


def crop(seat: Seat) -> None:
    """Accept the proposal, the second one, a larger box, or the whole picture."""
    cropped.proposed(seat.engine.need())
    cropping.begin(seat)
    for number in range(CROPS):
        cropping.decide(seat, *(("Enter",), ("Enter",), ("2", "Enter"), ("+", "Enter"), ("w", "Enter"))[number % 5])


def same(seat: Seat, most: int) -> int:
    """Say of pairs whether they were drawn as one scene; answers with how many."""
    names = dict(ranking.rows(seat, "SELECT id, filename FROM images"))
    seat.press("Control+0")
    seat.page.wait_for_selector("[data-testid=question], [data-testid=finished]")
    for number in range(most):
        if not seat.page.locator("[data-testid=question]").count():
            return number
        pair = str(seat.page.eval_on_selector(".same", "e => e.dataset.pair"))
        seat.page.wait_for_selector(f".same[data-seen='{pair}']")
        one, other = (names[int(image)].partition("_")[0] for image in pair.split("/"))
        seat.press("y" if one == other else "n")
        seat.until(
            lambda pair=pair: (
                not seat.page.locator("[data-testid=question]").count()
                or seat.page.eval_on_selector(".same", "e => e.dataset.pair") != pair
            )
        )
    return most


def stands(library: Library) -> dict[str, list[str]]:
    """All that was decided and came of it, and the groups, in words that a new database would use too."""
    with library.db.read() as connection:
        paths = dict(connection.execute("SELECT id, filepath FROM images"))
        found = {}
        for table in TABLES:
            cursor = connection.execute(f"SELECT * FROM {table}")
            names = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
            found[table] = sorted(str(_told(dict(zip(names, row, strict=True)), paths)) for row in cursor)
        found["rated"] = sorted(
            map(str, connection.execute("SELECT filepath, mu, sigma, comparison_count FROM images"))
        )
        found["groups"] = sorted(
            map(
                str,
                connection.execute(
                    "SELECT g.key, g.status, i.filename, m.rank, m.decision FROM members m"
                    " JOIN groups g ON g.id = m.group_id JOIN images i ON i.id = m.image_id"
                ),
            )
        )
    return found


def _told(row: dict[str, Any], paths: dict[int, str]) -> dict[str, Any]:
    row = {name: value for name, value in row.items() if name not in NUMBERS}
    for name in IMAGES:
        if name in row:
            row[name] = paths[row[name]]
    if "shown" in row:
        row["shown"] = [paths[image] for image in json.loads(row["shown"])]
    return row


def pressed(seat: Seat, key: str, shows: str) -> bool:
    """Press a key that does nothing while the page still shows a job; whether it did something."""
    seat.press(key)
    seat.page.wait_for_timeout(100)
    return seat.page.locator(shows).count() > 0


def promote(seat: Seat) -> int:
    """Decide at once what the gate allows; answers with how many groups."""
    before = len(ranking.journal(seat))

    def offered() -> bool:
        gate = seat.page.inner_text("[data-gate=winner]")
        assert "Decide " in gate, gate
        return True

    seat.until(offered)
    seat.until(lambda: pressed(seat, "p", "[data-testid=confirm]"))
    seat.press("Enter")
    seat.until(lambda: len(ranking.journal(seat)) == before + 1)
    idle(seat)
    seat.page.wait_for_selector("[data-command='insight.review']")
    return len(ranking.journal(seat)[-1]["batch"])


def look_at_batch(seat: Seat) -> None:
    """One by one, then all that are left."""
    seat.press("r")
    shown(seat)
    before = len(ranking.journal(seat))
    first = tiles(seat)[0]
    seat.press("y")
    seat.until(lambda: len(ranking.journal(seat)) == before + 1 and first not in tiles(seat))
    while seat.page.locator("[data-testid=reviewed]").count() == 0:
        painted(seat)  # nothing can be said of a page before
        left = tiles(seat)
        seat.press("Enter")
        seat.until(lambda left=left: tiles(seat) != left)
    seat.page.wait_for_selector("[data-testid=reviewed]")
    seat.page.wait_for_selector(".saved[data-saved=true]")
    seat.press("Escape")
    seat.page.wait_for_selector(".gate")


def learn(seat: Seat) -> None:
    seat.press("Control+i")
    seat.page.wait_for_selector(".gate")

    before = seat.engine.jobs.current()

    def begun() -> bool:  # a key does nothing while the page shows another job
        seat.press("t")
        seat.page.wait_for_timeout(100)
        job = seat.engine.jobs.current()
        return job is not None and job.kind == "train" and job.id != (before.id if before else 0)

    seat.until(begun)
    idle(seat)


def trusted(seat: Seat) -> bool:
    """Whether enough checks agreed that the gate of winners is open; one that did not asks for more of them."""
    checks = len(ranking.rows(seat, "SELECT * FROM agreements"))
    (gate,) = (g for g in ask(seat, "insight.all")["gates"] if g["kind"] == "winner")
    return checks >= CHECKS and bool(gate["open"])


def begin(seat: Seat) -> dict[int, float]:
    """The first groups and the checks that open the gate; answers with how bright each image is."""
    seat.settled()
    for key, value in SETTINGS.items():
        ask(seat, "settings.set", key=key, value=value)
    light = brightness(seat)
    seat.press("Control+2")
    seat.page.wait_for_selector(SHOWN)
    cull(seat, light, 10)
    while not trusted(seat):
        idle(seat)
        assert cull(seat, light, 1), "what was learned after ten groups is checked by the others"
        seat.page.wait_for_timeout(50)
    return light


def export(seat: Seat) -> set[str]:
    """Export the keepers; answers with the names of their copies."""
    seat.page.wait_for_selector("[data-testid=job]", state="detached")
    seat.press("e")
    seat.until(lambda: (job := seat.engine.jobs.current()) is not None and job.kind == "export" and job.state == "done")
    return {file.name for file in (seat.engine.need().paths.exports / "approved").iterdir()}


def anew(open_page: Open, seat: Seat, pictures: Path) -> Seat:
    """The page on the same folder after a restart, without the database."""
    root = seat.engine.need().paths.root
    seat.page.wait_for_timeout(700)  # the place is saved a moment later
    open_page(None)
    for file in root.glob("library.db*"):
        file.unlink()
    seat = open_page(pictures)
    seat.settled()
    assert seat.engine.need().paths.root == root
    cropped.look_at_all(seat.engine.need())  # what is seen is no decision: the journal does not tell it
    regroup(seat.engine.need(), Quiet())
    return seat


def test_two_hours_in_fast_forward_and_the_journal_replays_to_the_same_library(open_page: Open, tmp_path: Path) -> None:
    pictures = drawn(tmp_path / "pictures")
    seat = open_page(pictures)
    light = begin(seat)
    rank(seat, light)
    seat.page.wait_for_selector("[data-testid=learned] >> text=A new image starts from what you kept")
    crop(seat)
    ask(seat, "settings.set", key="learning.random_share", value=0.2)
    learn(seat)
    assert same(seat, PAIRS) == PAIRS
    learn(seat)
    assert promote(seat) >= 5
    look_at_batch(seat)
    kinds = [line["kind"] for line in ranking.journal(seat)]
    looked = kinds[kinds.index("promote") :]
    assert looked[1:] == ["reviewed"] * (len(looked) - 1)
    assert [kinds.count(kind) for kind in ("match", "crop", "same")] == [MATCHES, CROPS, PAIRS]
    seat.press(*["u"] * len(looked))
    seat.until(lambda: ranking.rows(seat, "SELECT * FROM promoted") == [])
    assert ranking.rows(seat, "SELECT * FROM verdicts WHERE set_id IN (SELECT group_key FROM recommended)") == []
    learn(seat)
    assert promote(seat) >= 5
    exported = export(seat)
    regroup(seat.engine.need(), Quiet())
    before = stands(seat.engine.need())
    assert {"verdicts", "agreements", "promoted", "links", "crop_answers", "matches"} <= {
        n for n in before if before[n]
    }
    seat = anew(open_page, seat, pictures)
    after = stands(seat.engine.need())
    assert {name for name in before if before[name] != after[name]} == set()
    assert export(seat) == exported
    seat.engine.need().rebuild()
    assert stands(seat.engine.need()) == before
