"""Messages on their way: never into private networks, never with a secret in an error."""

import socket
import sys
import threading
import time

import pytest
from support.mailbox import mailbox
from support.webhooks import webhook

from newsarchive.alerts import sending
from newsarchive.alerts.destinations import read_destination
from newsarchive.alerts.message import Alert, Message
from newsarchive.alerts.network_guard import PrivateAddressError, public_only
from newsarchive.errors import UserError
from newsarchive.search import Hit

LOOPBACK = {"127.0.0.1"}


def message(*titles, search="银行"):
    alerts = tuple(Alert(f"alert-{number}", "2026-03-05T01:00:00Z", hit(title)) for number, title in enumerate(titles))
    return Message("0123-4567", search, search, alerts)


def hit(title):
    return Hit(
        article_id=1,
        article_key="news.example/1.html",
        title=title,
        marked_title=title,
        published_at="2026-03-05T08:30:12+08:00",
        published_precision="second",
        source="江湾晚报",
        snippet="多家银行\x1b[31m下调利率",
        rank=None,
        url="https://news.example/1.html",
        site="demo",
        lang="zh",
        category="jw",
        category_name="江湾晚报",
        char_count=7,
        paywalled=False,
        story_id=None,
        source_count=1,
    )


def send(address, *, trusted=LOOPBACK, what=None):
    sending.send(what or message("利率下调"), read_destination(address), trusted=trusted)


def test_a_webhook_gets_json_with_an_id_that_stays_the_same():
    with webhook() as hook:
        for _ in range(2):
            send(f"{hook.base_url}/hook?token=t")
    first, second = hook.deliveries
    assert first == second
    assert (first.path, first.headers["webhook-id"], first.content["id"]) == ("/hook?token=t", "0123-4567", "0123-4567")
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.content["search"] == {"name": "银行", "query": "银行"}
    (article,) = first.content["articles"]
    assert (article["alert_id"], article["title"], article["source"]) == ("alert-0", "利率下调", "江湾晚报")
    assert article["snippet"] == "多家银行[31m下调利率"


def test_user_and_password_of_an_address_go_into_the_header():
    with webhook() as hook:
        send(hook.base_url.replace("://", "://me:se%20cret@"))
    assert hook.deliveries[0].headers["authorization"] == "Basic bWU6c2UgY3JldA=="


@pytest.mark.parametrize(("status", "words"), [(500, "500"), (404, "404"), (301, "redirect"), (307, "redirect")])
def test_what_a_webhook_does_not_accept_is_an_error_and_no_redirect_is_followed(status, words):
    with webhook() as other, webhook(lambda: (status, other.base_url)) as hook:
        with pytest.raises(UserError, match=words) as caught:
            send(f"{hook.base_url}/secret")
        assert (len(hook.deliveries), other.deliveries) == (1, [])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
def test_nothing_is_sent_into_a_private_network_that_is_not_named(host):
    with webhook() as hook:
        port = hook.server_address[1]
        with pytest.raises(UserError, match="NEWSARCHIVE_ALERT_HOSTS"):
            send(f"http://{host}:{port}/", trusted={"intranet.example"})
    assert hook.deliveries == []


def test_outside_the_guard_the_same_process_connects_as_before():
    with webhook() as hook:
        with public_only(), pytest.raises(PrivateAddressError):
            sending.http.client.HTTPConnection("127.0.0.1", hook.server_address[1]).connect()
        send(hook.base_url)
    assert len(hook.deliveries) == 1


def test_a_thread_that_was_there_before_connects_while_a_message_is_sent():
    """A crawl of a site inside a private network goes on beside its alerts."""
    go, outcome = threading.Event(), []

    def connect(port):
        go.wait(20)
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
            outcome.append("connected")
        except OSError as error:
            outcome.append(error)

    with webhook() as hook:
        port = hook.server_address[1]
        before = threading.Thread(target=connect, args=(port,))
        before.start()
        with public_only():
            later = threading.Thread(target=connect, args=(port,))
            later.start()
            go.set()
            before.join()
            later.join()
    assert sorted(map(type, outcome), key=str) == sorted([str, PrivateAddressError], key=str)


def test_a_host_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(sending, "WHOLE", 0.3)
    release = threading.Event()

    def wait():
        release.wait(20)
        return 204, ""

    with webhook(wait) as hook:
        started = time.monotonic()
        with pytest.raises(UserError, match=r"no answer within 0\.3 seconds"):
            send(hook.base_url)
        assert time.monotonic() - started < 10
        release.set()


def test_a_port_at_which_nobody_listens_is_told():
    with webhook() as hook:
        pass
    with pytest.raises(UserError, match="cannot be reached"):
        send(hook.base_url)


def test_mail_is_plain_text_with_an_id_that_stays_the_same():
    with mailbox() as box:
        address = f"smtp://127.0.0.1:{box.port}/?to=a@example.org,b@example.org&from=news@example.org"
        send(address, what=message("利率下调", "渡轮\r\nBcc: c@example.org"))
        send(address, what=message("利率下调"))
    first, second = box.mails
    assert first["Subject"] == "newsarchive: 银行: 2 new articles"
    assert (first["To"], first["From"]) == ("a@example.org, b@example.org", "news@example.org")
    assert first["Bcc"] is None
    assert first["Message-ID"] == second["Message-ID"] == "<0123-4567@newsarchive.invalid>"
    text = first.get_content()
    assert "利率下调\n2026-03-05 08:30  江湾晚报\nhttps://news.example/1.html" in text.replace("\r\n", "\n")


def test_a_name_of_a_search_makes_no_header_of_its_own():
    with mailbox() as box:
        send(f"smtp://127.0.0.1:{box.port}/?to=a@example.org", what=message("x", search="银行\r\nBcc: c@example.org"))
    assert box.mails[0]["Bcc"] is None


def test_mail_without_a_receiver_is_told():
    with pytest.raises(UserError, match=r"to=you@example\.org"):
        sending.receivers("smtp://mail.example.org/")


def test_a_password_is_not_sent_without_encryption(monkeypatch):
    monkeypatch.setattr(sending, "is_loopback", lambda _: False)  # as if the server were elsewhere
    with mailbox() as box, pytest.raises(UserError, match="no encryption"):
        send(f"smtp://me:secret@127.0.0.1:{box.port}/?to=a@example.org")
    assert "AUTH" not in box.verbs


def test_a_chat_service_gets_the_text_through_apprise():
    pytest.importorskip("apprise")
    with webhook(lambda: (200, "")) as hook:
        send(f"json://127.0.0.1:{hook.server_address[1]}/")
    (delivery,) = hook.deliveries
    assert delivery.content["title"] == "银行: 1 new article"
    assert "利率下调" in delivery.content["message"]


def test_apprise_sends_nothing_into_a_private_network_either():
    pytest.importorskip("apprise")
    with webhook() as hook, pytest.raises(UserError):
        send(f"json://127.0.0.1:{hook.server_address[1]}/", trusted=())
    assert hook.deliveries == []


def test_an_address_of_no_known_service_is_told_without_printing_it():
    pytest.importorskip("apprise")
    with pytest.raises(UserError, match="nosuchservice") as caught:
        sending.chat_service("nosuchservice://secret")
    assert "secret" not in str(caught.value)


def test_without_apprise_the_command_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UserError, match=r"pip install 'newsarchive\[alerts\]'"):
        sending.chat_service("slack://a/b/c")


def test_lines_of_a_file_stay_lines():
    text = message("第一行\u2028第二行").as_json_lines()
    assert text.count(b"\n") == 1
    assert "\u2028".encode() not in text
