"""A cache in Redis that may go away at any time, and come back."""

import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

CONNECT_S = 0.25
ANSWER_S = 0.5
PAUSE_S = 15
"""How long Redis is left alone after it did not answer, so that no page waits for it meanwhile."""

_away_until: dict[str, float] = {}
"""By server, because each thread has a cache of its own."""


def _while_it_answers(name):
    def method(self, *args, **kwargs):
        if self.is_shared:
            try:
                result = getattr(super(SharedCache, self), name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._leave_alone(error)
            else:
                self._welcome_back()
                return result
        return getattr(self._own, name)(*args, **kwargs)

    return method


class SharedCache(RedisCache):
    """Redis while it answers, and the memory of this process while it does not: nothing asked of it fails or waits."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._name = ",".join(self._servers)
        self._own = LocMemCache(f"instead of {self._name}", {})
        self._options = {"socket_connect_timeout": CONNECT_S, "socket_timeout": ANSWER_S} | self._options

    @property
    def is_shared(self) -> bool:
        """Whether other processes see what is put here now."""
        return time.monotonic() >= _away_until.get(self._name, 0)

    add = _while_it_answers("add")
    get = _while_it_answers("get")
    set = _while_it_answers("set")
    touch = _while_it_answers("touch")
    delete = _while_it_answers("delete")
    has_key = _while_it_answers("has_key")
    incr = _while_it_answers("incr")
    get_many = _while_it_answers("get_many")
    set_many = _while_it_answers("set_many")
    delete_many = _while_it_answers("delete_many")
    clear = _while_it_answers("clear")

    def _leave_alone(self, error):
        if self._name not in _away_until:
            logger.warning("Redis does not answer (%s): each process uses its own memory until it does.", error)
        _away_until[self._name] = time.monotonic() + PAUSE_S

    def _welcome_back(self):
        if _away_until.pop(self._name, None) is not None:
            logger.warning("Redis answers again.")
