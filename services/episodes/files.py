"""Where the files of an episode lie in the storage."""

from services.media import stored

INBOX = "inbox/"  # what is put there is discovered
# What each episode may have beside its source and its clips.
WEB, POSTER, CAPTIONS, SUBTITLES, TRANSCRIPT = "web.mp4", "poster.jpg", "captions.vtt", "captions.srt", "transcript.txt"


def source_key(episode_id: str, file_name: str) -> str:
    """Where what came in lies."""
    return key_of(episode_id, stored.source_name(file_name))


def key_of(episode_id: str, name: str) -> str:
    return f"episodes/{episode_id}/{name}"


def clip_key(episode_id: str, clip_id: int, variant: str, aspect_ratio: str, suffix: str = ".mp4") -> str:
    """Where a clip's file lies in that variant and aspect ratio; with `.jpg` its poster."""
    return key_of(episode_id, f"clips/{clip_id}/{variant}-{aspect_ratio}{suffix}")


def keys_of(episode_id: str) -> list[str]:
    """All that there is of an episode."""
    return stored.storage().list(key_of(episode_id, ""))


def left_of(episode_id: str) -> list[str]:
    """What there still is of an episode that is gone."""
    return stored.left_of(key_of(episode_id, ""))
