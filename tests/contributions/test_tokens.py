"""The private status link: not to be guessed, not in the database, and still the same tomorrow."""

import base64
import uuid

import pytest

from contributions import tokens
from contributions.models import Contribution
from tests.contributions.states import everything
from tests.factories import make_contribution

KEY = uuid.UUID("6f1b5a0e-2f5d-4f0a-9c3f-0f6a7f1f2b11")


def test_a_token_has_192_bits_in_letters_for_an_address():
    token = tokens.token_for(KEY)
    assert len(base64.urlsafe_b64decode(token)) * 8 == 192
    assert len(token) == 32


def test_the_same_form_has_the_same_token_every_time():
    assert tokens.token_for(KEY) == tokens.token_for(uuid.UUID(str(KEY)))


def test_every_form_has_a_token_of_its_own():
    assert len({tokens.token_for(uuid.uuid4()) for _ in range(1000)}) == 1000


def test_whoever_knows_the_form_key_and_not_the_secret_has_no_token(settings):
    mine = tokens.token_for(KEY)
    settings.SECRET_KEY = "another"
    assert tokens.token_for(KEY) != mine


def test_a_link_made_with_an_older_secret_is_found_again(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    sent = tokens.token_for(KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["middle", "old"]
    assert tokens.token_for(KEY, tokens.hash_of(sent)) == sent
    assert tokens.token_for(KEY) != sent


def test_a_secret_that_nobody_has_any_more_gives_a_token_all_the_same(settings):
    settings.SECRET_KEY = "old"
    lost = tokens.hash_of(tokens.token_for(KEY))
    settings.SECRET_KEY = "new"
    assert tokens.token_for(KEY, lost) == tokens.token_for(KEY)


@pytest.mark.parametrize("token", ["", "ü", "\0", "\ud800", "x" * 100_000], ids=ascii)
def test_any_text_has_a_hash(token):
    assert len(tokens.hash_of(token[:40])) == len(tokens.hash_of(token)) == 64


@pytest.mark.django_db
def test_only_the_hash_of_the_token_is_in_the_tables():
    contribution = make_contribution()
    token = tokens.token_for(contribution.form_key)
    assert Contribution.objects.get(token_hash=tokens.hash_of(token)) == contribution
    assert token not in str(everything())
