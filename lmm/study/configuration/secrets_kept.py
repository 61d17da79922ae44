"""Addresses of databases may hold passwords: they are seen, and kept out of messages."""

from __future__ import annotations

import re
from urllib.parse import unquote

_IN_AUTHORITY = re.compile(r"://[^/@:]*:(.+)@")
_IN_QUERY = re.compile(r"(?i)[?&;](?:password|passwd|pwd|token|sslpassword)=([^&;]+)")


def holds_password(url: str) -> bool:
    """Whether an address has a password in it."""
    return bool(_secrets(url))


def masked(text: str, url: str) -> str:
    """A text with stars for the password of the address."""
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def without_secrets(text: str, url: str) -> str:
    """A message without the password of the address, and without the address itself."""
    return masked(text, url).replace(url, "the address") if url else text


def _secrets(url: str) -> set[str]:
    found = {*_IN_AUTHORITY.findall(url), *_IN_QUERY.findall(url)}
    return found | {unquote(secret) for secret in found}
