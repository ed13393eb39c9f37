"""Distances over the earth, between centres of regions: pure numbers, no database."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

#: The mean radius of the earth, in kilometres.
EARTH_KM = 6371.0

#: A latitude and a longitude, in degrees.
Centre = tuple[float, float]


def kilometres(one: Centre, other: Centre) -> float:
    """Return the distance between two centres along the earth, in kilometres (haversine).

    Right within half a per cent; roads are longer, which no centre of a district could say.
    """
    north, south = radians(one[0]), radians(other[0])
    half = sin((south - north) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
