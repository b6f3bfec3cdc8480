"""Why a download from the hub failed and what would help, one sentence each."""

from __future__ import annotations

import errno

from playground.models.hub.disk import NoRoom
from playground.models.hub.wanted import NoWeights, Several
from playground.models.sizes import size

FULL = {errno.ENOSPC, errno.EDQUOT}
UNWRITABLE = {errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.EFBIG, errno.ENAMETOOLONG}
"""What a disk, and no network, answers."""


class Damaged(Exception):
    """A file's checksum is wrong."""


class TooLarge(Exception):
    """A file that the hub gives in one piece to nobody: its name, and the most bytes."""


def sentence(error: Exception, repo: str) -> tuple[str, str]:
    """Why, and what would help."""
    from huggingface_hub import errors

    match error:
        case NoRoom():
            lacking = f"{repo} needs {size(error.missing)} more, and the disk has {size(error.free)} left."
            return lacking, "Free some room, or let HF_HOME name a larger disk."
        case Damaged():
            return (
                f"{error.args[0]} of {repo} came with a wrong checksum and was thrown away.",
                "Start the download again: only that file is fetched anew.",
            )
        case TooLarge():
            name, most = error.args
            return (
                f"{name} of {repo} is larger than the {size(most)} that the hub gives in one piece.",
                f"Fetch it with the hub's own client: hf download {repo} {name}.",
            )
        case errors.GatedRepoError():
            return (
                f"{repo} wants its terms accepted.",
                "Accept them on its page at the hub, and put your token into the environment as HF_TOKEN.",
            )
        case errors.RepositoryNotFoundError():
            return (
                f"The hub has no {repo}, or shows it only to those who may see it.",
                "Check the name; for a private one put your token into the environment as HF_TOKEN.",
            )
        case errors.OfflineModeIsEnabled():
            return (
                "This program was told to stay offline (HF_HUB_OFFLINE).",
                "Unset it and start again.",
            )
        case UnicodeEncodeError():
            return (
                "The token in HF_TOKEN holds an invisible or foreign sign, which no token has.",
                "Copy it anew into HF_TOKEN and start again.",
            )
        case NoWeights():
            return (
                f"{repo} has no safetensors files and no such GGUF file.",
                "Choose another repository: nothing else is loaded here.",
            )
        case Several():
            return (
                f"{repo} has {len(error.names)} GGUF models.",
                f"Name one, as in {repo}/{error.names[0]}; there are {', '.join(error.names)[:600]}.",
            )
        case errors.HfHubHTTPError():
            return _refused(error.response.status_code, error.server_message or "")
        case OSError() if error.errno in FULL:
            return "The disk is full.", "Free some room and go on: what came is kept."
        case OSError() if isinstance(error, PermissionError) or error.errno in UNWRITABLE:
            return (
                f"The cache of weights can't be written: {error.strerror or error}.",
                "Let HF_HOME name a folder that this program may write, and go on.",
            )
    return (
        "The hub can't be reached, or the connection broke.",
        "Check the network and go on: what came is kept.",
    )


def _refused(status: int, words: str) -> tuple[str, str]:
    """What the hub's answer means, with the hub's own words."""
    said = " ".join(words.split())[:300].rstrip(".")
    reason = "The hub refused the token" if status == 401 else f"The hub answered {status}"
    reason += f": {said}." if said else "."
    if status == 401:
        return reason, "Put a valid one into the environment as HF_TOKEN."
    if status == 403:
        return reason, "See on the hub what your token (HF_TOKEN) may read, and start again."
    return reason, "Try again in a while: what came is kept."
