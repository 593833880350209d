"""Against a real gnome-keyring: every state a keychain can be in is told apart, and none of them blocks."""

from __future__ import annotations

from textwrap import dedent

from tests.credentials.conftest import Keychain

_LOCKING = """
import secretstorage
from secretstorage import util
def lock():
    with secretstorage.dbus_init() as bus:
        secretstorage.get_default_collection(bus).lock()
def unlock():
    with secretstorage.dbus_init() as bus:
        name = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
        path = secretstorage.get_default_collection(bus).collection_path
        secret = util.format_secret(util.open_session(bus), b"test-only", "text/plain")
        daemon = util.DBusAddressWrapper("/org/freedesktop/secrets", name, bus)
        daemon.call("UnlockWithMasterPassword", "o(oayays)", path, secret)
"""


def test_a_secret_is_kept_found_and_forgotten(keychain: Keychain) -> None:
    found = keychain.run("""
        before = await credentials.state("cloud_secret")
        origin = await credentials.set("cloud_secret", "ключ-🔑-plain")
        secret = await credentials.get("cloud_secret")
        other = await credentials.get("hub_token")
        gone = [await credentials.delete("cloud_secret"), await credentials.delete("cloud_secret")]
        return [before, origin, secret.value, secret.origin, repr(secret), other, gone,
                await credentials.state("cloud_secret")]
    """)
    shown = "Secret(origin='keychain')"
    assert found == ["absent", "keychain", "ключ-🔑-plain", "keychain", shown, None, [True, False], "absent"]


def test_two_vaults_keep_their_own_secrets(keychain: Keychain) -> None:
    assert keychain.run('return await credentials.set("hub_token", "one")') == "keychain"
    assert keychain.run('return await credentials.state("hub_token")', VAULT="/elsewhere/vault") == "absent"


def test_entries_stand_under_the_service_and_the_vault_key(keychain: Keychain) -> None:
    service, user = keychain.run("""
        await credentials.set("cloud_secret", "s3cret")
        import secretstorage
        with secretstorage.dbus_init() as bus:
            item, = secretstorage.search_items(bus, {"service": "cogzy"})
            attributes = item.get_attributes()
        return [attributes["service"], attributes["username"]]
    """)
    key, _, name = user.partition(":")
    assert service == "cogzy"
    assert (len(key), name) == (12, "cloud_secret")


def test_a_locked_keychain_whose_question_nobody_can_see_answers_locked(keychain: Keychain) -> None:
    keychain.run('return await credentials.set("cloud_secret", "s3cret")')
    body = """
        lock()
        try:
            await credentials.get("cloud_secret")
        except CredentialError as error:
            return said(error)
    """
    code, state, text, next_step = keychain.run(_LOCKING + dedent(body))
    assert (code, state) == ("credentials.locked", "locked")
    assert "locked" in text
    assert "Unlock" in next_step


def test_a_keychain_that_never_answers_is_given_up_within_the_limit(hanging_keychain: Keychain) -> None:
    hanging_keychain.run('return await credentials.set("cloud_secret", "s3cret")')
    body = """
        lock()
        started = time.monotonic()
        states = [await credentials.state("cloud_secret"), await credentials.state("cloud_secret")]
        seconds = time.monotonic() - started
        import threading
        return [states, seconds, sum(t.name == "cogzy-keychain" for t in threading.enumerate())]
    """
    states, seconds, asking = hanging_keychain.run(_LOCKING + dedent(body), LIMIT="0.4")
    assert states == ["locked", "locked"]
    assert 0.8 <= seconds < 20
    assert asking == 1, "a stuck question must not be joined by a second one"


def test_a_keychain_that_is_unlocked_later_answers_though_an_old_question_is_stuck(hanging_keychain: Keychain) -> None:
    hanging_keychain.run('return await credentials.set("cloud_secret", "s3cret")')
    body = """
        import core.credentials
        core.credentials.STUCK_SECONDS = 0.5
        lock()
        locked = await credentials.state("cloud_secret")
        unlock()
        return [locked, await credentials.state("cloud_secret")]
    """
    assert hanging_keychain.run(_LOCKING + dedent(body), LIMIT="0.6") == ["locked", "present"]


def test_without_a_session_bus_it_is_unavailable_and_says_what_to_do(no_keychain: Keychain) -> None:
    code, state, _, next_step = no_keychain.run("""
        try:
            await credentials.set("cloud_secret", "x")
        except CredentialError as error:
            return said(error)
    """)
    assert (code, state) == ("credentials.no_keychain", "unavailable")
    assert "COGZY_CLOUD_KEY_ID" in next_step


def test_an_empty_backend_variable_counts_as_not_set(keychain: Keychain) -> None:
    assert keychain.run('return await credentials.set("hub_token", "x")', PYTHON_KEYRING_BACKEND="") == "keychain"


def test_a_backend_that_keeps_nothing_is_noticed(keychain: Keychain) -> None:
    code, state, *_ = keychain.run(
        """
        try:
            await credentials.set("cloud_secret", "x")
        except CredentialError as error:
            return said(error)
        """,
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    assert (code, state) == ("credentials.not_kept", "unavailable")


def test_a_backend_that_does_not_exist_is_unavailable(keychain: Keychain) -> None:
    state = keychain.run('return await credentials.state("cloud_secret")', PYTHON_KEYRING_BACKEND="no.such.Backend")
    assert state == "unavailable"


def test_the_environment_is_used_without_touching_the_keychain(keychain: Keychain) -> None:
    found = keychain.run(
        """
        secret = await credentials.get("cloud_secret")
        return [secret.value, secret.origin, await credentials.get("master_key"), "keyring" in sys.modules]
        """,
        COGZY_CLOUD_SECRET="from-env",
        COGZY_PASSPHRASE="words of mine",
    )
    assert found == ["from-env", "environment", None, False]
