"""What a model says of images before they meet, as the prior of the person's own ranking.

`engine/learning` leaves in the table `predictions` how much each image is liked, in log-odds of the same picks that a
ranking explains, calibrated on pairs held out. So a prediction is a strength, and what it leaves open is an image's
own: the ranking's guess of the whole spread (`LIKELY_SPREAD`) less what is predicted, and never less than `_OWN` of it,
since features that explain everything would leave nothing to be found out by looking.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import apsw
import numpy as np
import numpy.typing as npt

from engine.ranking.places import Places
from engine.ranking.posterior import LIKELY_SPREAD, Prior

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_NAME = re.compile(r'\A\{"model":"(ranker-(\d{8}T\d{6})\d{6}Z)"', re.ASCII)
_OWN = 0.3  # least part of the variance that no model is believed to know
_LEAST = 0.02  # a model that explains less of the variance than this has nothing to say here


class Told(NamedTuple):
    """What the model `model` ("" for none) says of images `ids` (m,), ascending: (m,) mean and variance, log-odds."""

    model: str
    ids: Ints
    mean: Doubles
    variance: Doubles


NOTHING = Told("", np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def model_of(mark: str | None) -> str:
    """The model that the predictions are of, "" for none; from the fact `learned_taste`, which begins with its name."""
    found = _NAME.match(mark or "")
    return found[1] if found else ""


def made_at(model: str) -> str:
    """When a model was fitted, UTC; "" for none."""
    found = _NAME.match(f'{{"model":"{model}"')
    try:
        return dt.datetime.strptime(f"{found[2]}Z", "%Y%m%dT%H%M%S%z").strftime("%Y-%m-%dT%H:%M:%SZ") if found else ""
    except ValueError:  # a name made by hand
        return ""


def read(connection: apsw.Connection) -> Told:
    """All that is said now; numbers that are none are left out."""
    model = model_of(connection.execute("SELECT value FROM facts WHERE name = 'learned_taste'").get)
    rows = connection.execute("SELECT image_id, mean, variance FROM predictions ORDER BY image_id").fetchall()
    table = np.array(rows, np.float64).reshape(-1, 3)
    table = table[np.isfinite(table).all(axis=1) & (table[:, 2] >= 0)]
    return Told(model, table[:, 0].astype(np.int64), table[:, 1], table[:, 2])


def prior(told: Told, places: Places, asked: Mask) -> Prior | None:
    """The prior over the places of a ranking, in spreads.

    Args:
        told: what is said.
        places: which image stands where.
        asked: (room,) which are asked about; 0 is the average of those that something is said of.

    Returns:
        Of those asked about, variance of the means and mean of the variances are 1 together; images of which nothing is
        said have 0 and 1. None where too little is said to tell images apart.
    """
    there = np.isin(told.ids, places.ids, assume_unique=True)
    at = np.searchsorted(places.ids, told.ids[there])
    counted = asked[at]
    if not counted.any():
        return None
    mean, variance = told.mean[there] / LIKELY_SPREAD, told.variance[there] / LIKELY_SPREAD**2
    mean -= mean[counted].mean()
    explained, unsure = float(mean[counted].var()), float(variance[counted].mean())
    if explained < _LEAST:
        return None
    less = min(1.0, (1 - _OWN) / (explained + unsure))
    found = Prior(np.zeros(places.room), np.ones(places.room))
    found.mean[at] = mean * np.sqrt(less)
    found.var[at] = 1 - less * (explained + unsure) + less * variance
    return found
