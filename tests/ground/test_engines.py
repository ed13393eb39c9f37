"""What a read leaves behind on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.database import db


@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.usefixtures("context")
def test_reading_holds_no_transaction_open() -> None:
    assert db.session.scalars(select(Organisation)).all()
    driver: Any = db.session.connection().connection.dbapi_connection
    # What an open transaction has seen keeps the server from cleaning up behind it.
    assert driver.info.transaction_status.name == "IDLE"
