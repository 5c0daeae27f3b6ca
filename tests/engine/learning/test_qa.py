"""Slips and circles among a person's decisions."""

from __future__ import annotations

import numpy as np

from engine.learning import qa


def test_a_label_is_doubted_where_the_other_answer_is_as_likely_as_labels_usually_are() -> None:
    chance = np.array([0.9, 0.8, 0.05, 0.85, np.nan, 0.4])
    found = qa.contradicted(chance, np.ones(6))
    assert [(one.pair, round(one.against, 2)) for one in found] == [(2, 0.95), (5, 0.6)]


def test_draws_are_never_doubted_and_nothing_is_where_nothing_was_held_out() -> None:
    assert qa.contradicted(np.array([0.01, 0.9]), np.array([0.5, 1.0])) == []
    assert qa.contradicted(np.full(3, np.nan), np.ones(3)) == []


def test_images_that_beat_each_other_in_a_circle_are_found_whole() -> None:
    winner = np.array([1, 2, 3, 3, 7, 8, 8, 20])
    loser = np.array([2, 3, 1, 4, 8, 7, 9, 21])
    assert qa.cycles(winner, loser, np.ones(8)) == [[1, 2, 3], [7, 8]]


def test_a_draw_makes_no_circle() -> None:
    assert qa.cycles(np.array([1, 2]), np.array([2, 1]), np.array([0.5, 0.5])) == []
    assert qa.cycles(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)) == []
