"""Tokens of private links: derived, never stored, each for one purpose."""

import base64
import hashlib
import hmac

from resourcecenter.core import tokens

KEY = b"key"


def test_a_token_has_192_bits_in_letters_for_an_address():
    token = tokens.derive("a", KEY)
    assert (len(token), len(base64.urlsafe_b64decode(token)) * 8) == (32, 192)


def test_the_links_that_people_already_have_stay_valid(settings):
    settings.SECRET_KEY = "secret"
    digest = hmac.new(b"secret", b"contributions.status:" + KEY, hashlib.sha256).digest()
    assert tokens.derive("contributions.status", KEY) == base64.urlsafe_b64encode(digest[:24]).decode()


def test_key_purpose_and_secret_each_make_another_token(settings):
    settings.SECRET_KEY = "secret"
    made = {tokens.derive("a", KEY), tokens.derive("a", b"another"), tokens.derive("b", KEY)}
    settings.SECRET_KEY = "another"
    assert len(made | {tokens.derive("a", KEY)}) == 4


def test_a_token_of_an_older_secret_is_found_by_its_hash(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    sent = tokens.derive("a", KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["middle", "old"]
    assert tokens.derive("a", KEY, tokens.hash_of(sent)) == sent
    assert tokens.derive("a", KEY) != sent


def test_a_secret_that_nobody_has_any_more_gives_todays_token(settings):
    settings.SECRET_KEY = "old"
    lost = tokens.hash_of(tokens.derive("a", KEY))
    settings.SECRET_KEY = "new"
    assert tokens.derive("a", KEY, lost) == tokens.derive("a", KEY)


def test_any_text_has_a_hash():
    assert {len(tokens.hash_of(token)) for token in ["", "ü", "\0", "\ud800", "x" * 100_000]} == {64}
