"""Questions about robots."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.database import db
from portal.robots.models import Robot, RobotPost

#: Posts on the page.
SHOWN = 10


def robot_of(alliance_id: int) -> Robot | None:
    """Return the robot of an alliance that posts, or None."""
    return db.session.scalar(select(Robot).where(Robot.alliance_id == alliance_id, Robot.is_on))


def newest_posts(robot: Robot) -> Sequence[RobotPost]:
    """Return what a robot posted or is to post, the newest first."""
    return db.session.scalars(
        select(RobotPost)
        .where(RobotPost.robot_id == robot.id)
        .order_by(RobotPost.id.desc())
        .limit(SHOWN)
    ).all()
