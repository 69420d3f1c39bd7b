"""The line of an episode: whoever orders work on it, or deletes it, does so while nobody else does."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Episode, User
from services.episodes.reads import get_episode


def hold(session: Session, episode_id: str) -> Episode:
    """The episode as it is now; the others wait for the end of this transaction.

    The lock is on its owner's row: jobs lock their own row and then the episode's, and an order locks the job that it
    waits for, so that one on the episode's row would have the two wait for each other.

    :raise NotFound: if there is no such episode, or none any more.
    """
    owner_id = get_episode(episode_id).owner_id
    session.execute(select(User.id).where(User.id == owner_id).with_for_update(key_share=True))
    return get_episode(episode_id)
