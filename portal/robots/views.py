"""Pages of an alliance's robot: its address, a test, taking it away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import hooks
from portal.access import current_actor, requires
from portal.alliances.models import Alliance
from portal.forms import refusals
from portal.robots import operations, queries
from portal.robots.forms import RobotForm
from portal.robots.posting import say

bp = Blueprint("robots", __name__)


@bp.route("/alliances/<alliance_slug>/robot", methods=["GET", "POST"])
@requires("robot.set", Alliance)
def edit_robot(alliance: Alliance) -> tuple[str, int] | Response:
    """Show where the robot posts, masked, and take another address."""
    form = RobotForm()
    if form.validate_on_submit():
        with refusals(form):
            operations.set_robot(alliance, form.url.data or "", by=current_actor())
            flash(_("Saved. Send a test to see it in the group."), "success")
            return redirect(url_for("robots.edit_robot", alliance_slug=alliance.slug))
    robot = queries.robot_of(alliance.id)
    posts = queries.newest_posts(robot) if robot else []
    values = {"alliance": alliance, "form": form, "robot": robot, "posts": posts}
    return render_template("robots/edit_robot.html", **values), form.status


@bp.post("/alliances/<alliance_slug>/robot/test")
@requires("robot.set", Alliance)
def try_robot(alliance: Alliance) -> Response:
    """Post a line to the group now, and say whether it was taken."""
    robot = queries.robot_of(alliance.id)
    if robot is not None and robot.url is not None:
        try:
            say(robot.url, _("A test from the alliance portal: %(name)s", name=alliance.name))
            flash(_("The group took the test."), "success")
        except (hooks.Unsafe, hooks.Failed) as error:
            flash(_("The group did not take the test: %(why)s", why=str(error)), "error")
    return redirect(url_for("robots.edit_robot", alliance_slug=alliance.slug))


@bp.post("/alliances/<alliance_slug>/robot/remove")
@requires("robot.set", Alliance)
def remove_robot(alliance: Alliance) -> Response:
    """Forget the robot's address."""
    operations.remove_robot(alliance, by=current_actor())
    flash(_("The address is forgotten; nothing is posted any more."), "success")
    return redirect(url_for("robots.edit_robot", alliance_slug=alliance.slug))
