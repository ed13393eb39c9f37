"""What may be typed about a region."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.forms import Form, NumberField, optional


class CentreForm(Form):
    """Where the centre of a region lies."""

    latitude = NumberField(
        _l("Latitude"),
        description=_l("Degrees north, such as 38.874."),
        places=5,
        validators=[optional()],
    )
    longitude = NumberField(
        _l("Longitude"),
        description=_l("Degrees east, such as 115.465."),
        places=5,
        validators=[optional()],
    )

    @property
    def centre(self) -> tuple[float | None, float | None]:
        """What was typed, as the operation takes it."""
        typed = self.latitude.data, self.longitude.data
        latitude, longitude = (None if each is None else float(each) for each in typed)
        return latitude, longitude
