"""What an address names, what of it may be shown, and the file that keeps it whole."""

import json

import pytest

from newsarchive.alerts.destinations import AddressFile, read_destination
from newsarchive.errors import UserError


def test_the_ending_of_a_file_tells_its_format(tmp_path):
    assert read_destination(str(tmp_path / "a.atom")).kind == "atom"
    assert read_destination(f"file://{tmp_path}/%E9%93%B6.jsonl").address == str(tmp_path / "银.jsonl")
    assert read_destination(str(tmp_path / "a.jsonl")).kind == "json-lines"


@pytest.mark.parametrize(
    ("address", "kind", "shown"),
    [
        ("https://user:secret@hooks.example.org/T0/secret?token=secret", "webhook", "https://hooks.example.org/…"),
        ("smtps://me:secret@mail.example.org/?to=a@example.org", "mail", "smtps://mail.example.org/…"),
        ("tgram://123456:secret/42", "chat", "tgram://…"),
        ("slack://secretA/secretB/secretC", "chat", "slack://…"),
    ],
)
def test_nothing_secret_is_shown(address, kind, shown):
    destination = read_destination(address)
    assert (destination.kind, destination.shown, destination.address) == (kind, shown, address)
    assert "secret" not in repr(destination)


@pytest.mark.parametrize(
    "address",
    ["", "notes.txt", "/no/such/folder/a.atom", "https:///secret", "https://[::1/secret", "https://a/\nsecret"],
)
def test_what_is_no_destination_is_told_without_printing_it(address):
    with pytest.raises(UserError) as caught:
        read_destination(address)
    assert "secret" not in str(caught.value)


def test_addresses_are_kept_for_their_owner_alone(tmp_path):
    file = AddressFile(tmp_path / "archive.db")
    assert file.read() == {}
    file.set("银行", "https://example.org/secret")
    file.set("渡轮", "tgram://x/y")
    file.set("渡轮", None)
    assert file.read() == {"银行": "https://example.org/secret"}
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_addresses_that_others_may_read_are_not_used(tmp_path):
    file = AddressFile(tmp_path / "archive.db")
    file.set("银行", "https://example.org/")
    file.path.chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        file.read()


def test_a_damaged_file_of_addresses_is_told(tmp_path):
    file = AddressFile(tmp_path / "archive.db")
    file.path.write_text("{")
    with pytest.raises(UserError, match="damaged"):
        file.read()
    file.path.write_text(json.dumps(["a"]))
    file.path.chmod(0o600)
    with pytest.raises(UserError, match="damaged"):
        file.read()
