"""The ground the tests stand on: real databases made by the migrations, and the cast on them.

Each worker migrates and settles one template per engine; every test gets its own copy. Nothing
of ours is replaced by a mock.
"""

from __future__ import annotations

import atexit
import copy
import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask

from portal import create_app, store
from portal.database import db
from tests import world as world_module
from tests.client import Client
from tests.postgresql import Cluster
from tests.world import World

#: Files are named by their content, so all tests of a process may keep them in one folder.
FILES = tempfile.TemporaryDirectory(prefix="portal-files-")
atexit.register(FILES.cleanup)

#: For tests that must hold on both engines: `pytestmark = both_engines`.
both_engines = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


def memory() -> str | None:
    """Return a folder in memory, or None where the machine has none to spare: each commit waits
    for the disk, and no test pulls the plug."""
    folder = Path("/dev/shm")
    has_room = folder.is_dir() and shutil.disk_usage(folder).free > 1_000_000_000
    return str(folder) if has_room and os.access(folder, os.W_OK) else None


def make_app(url: str, **more: Any) -> Flask:
    """Return an application on a database that is migrated already, with more settings."""
    settings = {"SQLALCHEMY_DATABASE_URI": url, "FILES_FOLDER": FILES.name, **more}
    return create_app("testing", settings)


def settle(url: str) -> World:
    """Migrate an empty database and let the cast of the tests move in."""
    app = make_app(url)
    with app.app_context():
        flask_migrate.upgrade()
        cast = world_module.build()
        db.session.remove()
        db.engine.dispose()
    return cast


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """One settled SQLite file per worker."""
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    return path, settle(f"sqlite:///{path}")


def furnished(
    template: tuple[Path, World], folder: Path, furnish: Callable[[Flask, World], None]
) -> tuple[Path, World]:
    """Return a copy of a settled SQLite file with more in it, for all tests of a module."""
    settled, cast = template
    path = folder / "portal.sqlite3"
    shutil.copyfile(settled, path)
    app = make_app(f"sqlite:///{path}")
    with app.app_context():
        furnish(app, cast)
        db.session.remove()
        db.engine.dispose()
    return path, cast


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One PostgreSQL cluster per worker, on a socket, gone afterwards."""
    running = Cluster(memory())
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> tuple[str, World]:
    """One settled PostgreSQL database per worker; copies of it take some 40 ms."""
    cluster.create("template_world")
    return "template_world", settle(cluster.url("template_world"))


@pytest.fixture
def engine() -> str:
    """The engine of a test that does not ask for both."""
    return "sqlite"


@pytest.fixture(scope="session")
def place_of_sqlite() -> Iterator[Path]:
    """Where the SQLite file of each test stands in turn, so that one application serves all."""
    with tempfile.TemporaryDirectory(prefix="portal-database-", dir=memory()) as folder:
        yield Path(folder) / "portal.sqlite3"


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder of this test's own for a database that is written to for long."""
    with tempfile.TemporaryDirectory(prefix="portal-quick-", dir=memory()) as folder:
        yield Path(folder)


@pytest.fixture
def settled(engine: str, request: pytest.FixtureRequest) -> Iterator[tuple[str, World]]:
    """This test's own settled database: its address, and who lives there.

    A test may enter newcomers in its world; the next one knows nothing of them.
    """
    if engine == "sqlite":
        template, cast = request.getfixturevalue("sqlite_template")
        path: Path = request.getfixturevalue("place_of_sqlite")
        # Never written over: whoever still holds the last one keeps that to themselves.
        shutil.rmtree(path.parent)
        path.parent.mkdir(mode=0o700)
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}", copy.deepcopy(cast)
    else:
        name, cast = request.getfixturevalue("postgresql_template")
        cluster: Cluster = request.getfixturevalue("cluster")
        with cluster.copy_of(name) as url:
            yield url, copy.deepcopy(cast)


@pytest.fixture
def url(settled: tuple[str, World]) -> str:
    """The address of this test's database."""
    return settled[0]


@pytest.fixture
def world(settled: tuple[str, World]) -> World:
    """The ids of everyone and everything the tests speak of."""
    return settled[1]


@pytest.fixture(scope="session")
def built() -> dict[str, Flask]:
    """The applications of this worker by the address of their database: building one is slow."""
    return {}


@pytest.fixture
def app(url: str, built: dict[str, Flask]) -> Iterator[Flask]:
    """The application on this test's database; what a test changes in it is put back."""
    if url not in built:
        built[url] = make_app(url)
    made = built[url]
    settings, extensions = dict(made.config), dict(made.extensions)
    attributes = dict(vars(made))
    registry = copy.copy(made.extensions["registry"])
    registry.jobs, registry.job_pages = dict(registry.jobs), dict(registry.job_pages)
    yield made
    with made.app_context():
        db.engine.dispose()
    # A test may stand in front of it (`wsgi_app`); what was only made late is kept.
    vars(made).update(attributes)
    made.config.clear()
    made.config.update(settings)
    made.extensions.clear()
    made.extensions.update({**extensions, "registry": registry})
    made.extensions.pop("kept", None)


@pytest.fixture
def own_files(app: Flask, tmp_path: Path) -> None:
    """Files of this test's own: whoever sweeps must not take what the casts of others attached."""
    folder = tmp_path / "files"
    shutil.copytree(FILES.name, folder)
    app.config["FILES_FOLDER"] = str(folder)
    store.init_app(app)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An open application context, for tests that call operations and queries themselves."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def visit(app: Flask, world: World) -> Callable[..., Client]:
    """Return a client for one of the cast, signed in (`anonymous` for nobody)."""

    def enter(who: str = "anonymous", **options: Any) -> Client:
        return Client(app, world, who, **options)

    return enter


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later search for garbage: it lives as long as we do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    """Fail at once, naming the line, where the machine lacks what the suite needs."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    missing = []
    if shutil.which("chromium") is None:
        missing.append("chromium")
    if not fonts.stdout.strip():
        missing.append("fonts-noto-cjk")
    if Cluster.binaries() is None:
        missing.append("postgresql")
    if missing:
        pytest.exit("apt-get install --no-install-recommends " + " ".join(missing), returncode=3)
