"""What the plots of the Insight screen show: inside their frames, by round figures and by dates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ui import insights
from tests.ui.conftest import Seat

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
DRAWN = """
all => all.map((plot) => {
  const number = (e, name) => Number(e.getAttribute(name));
  const lines = [...plot.querySelectorAll(".plot-tick line")];
  return {
    name: plot.dataset.plot,
    left: number(lines[0], "x1"), right: number(lines[0], "x2"),
    top: Math.min(...lines.map((l) => number(l, "y1"))), bottom: Math.max(...lines.map((l) => number(l, "y1"))),
    points: [...plot.querySelectorAll("circle")].map((c) => [number(c, "cx"), number(c, "cy")]),
    ticks: [...plot.querySelectorAll(".plot-tick text")].map((t) => t.textContent),
    ends: [...plot.querySelectorAll(".plot-end")].map((t) => t.textContent),
    sign: plot.querySelectorAll(".plot-sign").length,
  };
})
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return insights.library(tmp_path_factory.mktemp("plots"))


def plots(seat: Seat) -> dict[str, dict[str, Any]]:
    seat.page.wait_for_selector(".plot svg")
    seat.page.wait_for_timeout(200)
    return {plot["name"]: plot for plot in seat.page.eval_on_selector_all(".plot:has(svg)", DRAWN)}


def test_every_point_lies_between_the_ends_of_both_axes_however_unsure_or_large_it_is(
    open_page: Open, made: Path, tmp_path: Path
) -> None:
    root = insights.unsure(insights.dressed(insights.copied(made, tmp_path)))
    found = plots(insights.here(open_page(root)))
    assert {"agreement", "calibration", "accept_rate", "actions", "saved"} <= found.keys()
    for name, plot in found.items():
        assert plot["points"], name
        assert all(plot["left"] - 0.5 <= x <= plot["right"] + 0.5 for x, _ in plot["points"]), name
        assert all(plot["top"] - 0.5 <= y <= plot["bottom"] + 0.5 for _, y in plot["points"]), name
    calibration = found["calibration"]
    assert calibration["ends"] == ["0\u00a0% sure", "100\u00a0% sure"]
    assert calibration["ticks"] == ["0\u00a0%", "50\u00a0%", "100\u00a0%"]
    assert calibration["points"][0][0] < sum((calibration["left"], calibration["right"])) / 2


def test_axes_are_written_in_round_figures_and_dates_and_a_target_is_seen_beside_a_line_at_the_top(
    open_page: Open, made: Path, tmp_path: Path
) -> None:
    seat = insights.here(open_page(insights.dressed(insights.copied(made, tmp_path))))
    found = plots(seat)
    assert found["saved"]["ticks"] == ["0 s", "200 s", "400 s"]
    assert found["saved"]["ends"] == found["accept_rate"]["ends"] == ["1 Jan 2026", "11 Jan 2026"]
    assert found["agreement"]["ticks"] == ["70\u00a0%", "80\u00a0%", "90\u00a0%", "100\u00a0%"]
    assert found["agreement"]["ends"] == ["17 checks", "400 checks"]
    assert {name: plot["sign"] for name, plot in found.items() if plot["sign"]} == {"agreement": 1, "accept_rate": 1}
    assert "dashes: 99\u00a0%" in seat.page.inner_text("[data-plot=agreement] .plot-words")


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900)])
def test_no_plot_is_left_alone_in_a_row(open_page: Open, made: Path, tmp_path: Path, width: int, height: int) -> None:
    seat = insights.here(open_page(insights.dressed(insights.copied(made, tmp_path)), width, height))
    tops = seat.page.eval_on_selector_all(".plot", "all => all.map((e) => Math.round(e.getBoundingClientRect().top))")
    rows = [tops.count(top) for top in sorted(set(tops))]
    assert len(set(rows)) == 1
