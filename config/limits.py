"""A small rate limit on Django's cache, for what the accounts' own limits do not cover."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest


def allow(name: str, request: HttpRequest, limit: int, seconds: int) -> bool:
    """Count one use by this address; False once ``limit`` uses fell into ``seconds``."""
    key = f"limit:{name}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # the key ran out between the two calls
        return True
