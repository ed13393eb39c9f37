"""What may be typed about an annual report: its year."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from portal.annual_reports.drafting import years_offered
from portal.forms import Form, chosen


class ReportForm(Form):
    """The year of a report."""

    year = SelectField(_l("Year"), validators=chosen())

    def __init__(self) -> None:
        super().__init__()
        self.year.choices = [SelectChoice(str(each), str(each)) for each in years_offered()]
