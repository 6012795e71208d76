"""Send a message to a webhook, by mail or to a chat service: bounded in size and time, and never into private networks.

No error here says more of an address than its scheme and host: it may hold a password or a token.
"""

from __future__ import annotations

import contextlib
import http.client
import smtplib
import ssl
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from newsarchive import __version__
from newsarchive.alerts.network_guard import PrivateAddressError, public_only
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _
from newsarchive.text import plain
from newsarchive.urls import is_loopback, quote_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from email.message import EmailMessage

    from newsarchive.alerts.destinations import Destination
    from newsarchive.alerts.message import Message

#: Seconds that one step of a connection may take, and all of a message.
STEP, WHOLE = 10.0, 30.0
_ANSWER = 65_536  # bytes of an answer that are read
_PORTS = {"smtp": 587, "smtps": 465}


class SendingError(UserError):
    """A message was not accepted: why, in words that may be shown."""


def send(message: Message, destination: Destination, *, trusted: Collection[str] = ()) -> None:
    """Send a message; `trusted` are hosts inside private networks to which it may go.

    Raises SendingError where it was not accepted: it may have arrived all the same, and is sent again with its id.
    """
    sender = _SENDERS[destination.kind]
    outcome: list[BaseException | None] = []

    def run() -> None:
        try:
            with public_only(trusted):
                sender(message, destination.address)
            outcome.append(None)
        except BaseException as error:
            outcome.append(error)

    # A server that answers a byte at a time keeps every step short and the whole without end. The thread it is left
    # to ends with the process.
    thread = threading.Thread(target=run, name="alert", daemon=True)
    thread.start()
    thread.join(WHOLE)
    if not outcome:
        raise SendingError(_("no answer within {whole:g} seconds", whole=WHOLE))
    if outcome[0] is not None:
        raise _explained(outcome[0]) from None  # the error itself may hold the address


_IS_PRIVATE = N_("its address is inside a private network - if that is meant, name the host in NEWSARCHIVE_ALERT_HOSTS")
# What went wrong -> how that is said; the first that fits. What an error itself says may hold the address.
_REASONS: tuple[tuple[type[BaseException], Callable[[Any], str]], ...] = (
    (PrivateAddressError, lambda _error: _(_IS_PRIVATE)),
    (TimeoutError, lambda _error: _("no answer within {whole:g} seconds", whole=STEP)),
    (
        ssl.SSLCertVerificationError,
        lambda error: _("its certificate is not valid: {message}", message=error.verify_message),
    ),
    (smtplib.SMTPAuthenticationError, lambda _error: _("it refuses the user name or the password")),
    (smtplib.SMTPResponseException, lambda error: _("it answers {answer}", answer=error.smtp_code)),
    (OSError, lambda error: _("cannot be reached: {reason}", reason=error.strerror or type(error).__name__)),
    (http.client.HTTPException, lambda error: _("its answer is no HTTP ({name})", name=type(error).__name__)),
)


def _explained(error: BaseException) -> Exception:
    if isinstance(error, UserError):
        return error
    reasons = (reason(error) for kind, reason in _REASONS if isinstance(error, kind))
    return SendingError(next(reasons, type(error).__name__))


def _post(message: Message, address: str) -> None:
    """Post a message as JSON; any answer of 200 to 299 accepts it, and no redirect is followed."""
    parts = urlsplit(quote_url(address))
    connection: http.client.HTTPConnection
    if parts.scheme.lower() == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=STEP, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=STEP)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"newsarchive/{__version__}",
        # The header that Standard Webhooks names for what stays the same when a message is sent again.
        "Webhook-Id": message.id,
    }
    if parts.username is not None:
        headers["Authorization"] = _basic(unquote(parts.username), unquote(parts.password or ""))
    with contextlib.closing(connection):
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, message.as_json(), headers)
        answer = connection.getresponse()
        answer.read(_ANSWER)
        if 300 <= answer.status < 400:
            raise SendingError(
                _("it answers {status}, a redirect, which is not followed - give the new address", status=answer.status)
            )
        if not 200 <= answer.status < 300:
            told = f"{answer.status} {plain(answer.reason)[:60]}".rstrip()
            raise SendingError(_("it answers {answer}", answer=told))


def _basic(user: str, password: str) -> str:
    from base64 import b64encode  # noqa: PLC0415 - few addresses have a password

    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode('ascii')}"


def _mail(message: Message, address: str) -> None:
    """Send a message to a mail server: smtp://user:password@host:587/?to=a@example.org&from=b@example.org."""
    parts = urlsplit(address)
    mail = mail_of(message, address)
    port = parts.port or _PORTS[parts.scheme.lower()]
    context = ssl.create_default_context()
    host = parts.hostname or ""
    server: smtplib.SMTP
    if parts.scheme.lower() == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=STEP, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=STEP)
    with server:
        is_secret = parts.scheme.lower() == "smtps"
        server.ehlo_or_helo_if_needed()
        if not is_secret and server.has_extn("starttls"):
            server.starttls(context=context)
            is_secret = True
        if parts.username is not None:
            if not is_secret and not is_loopback(host):
                raise SendingError(_("it offers no encryption, and the password is not sent without - use smtps://"))
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def mail_of(message: Message, address: str) -> EmailMessage:
    """Write a message as mail, in plain text."""
    from email.message import EmailMessage  # noqa: PLC0415 - only mail needs it
    from email.utils import formatdate  # noqa: PLC0415

    to = receivers(address)
    mail = EmailMessage()
    mail["Subject"] = f"newsarchive: {message.subject}"
    mail["To"] = ", ".join(to)
    mail["From"] = parse_qs(urlsplit(address).query).get("from", to)[0]
    mail["Date"] = formatdate(localtime=True)
    # The same for the same message: mail programs show two of one id once.
    mail["Message-ID"] = f"<{message.id}@newsarchive.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text.encode("utf-8", "replace").decode("utf-8"))
    return mail


def receivers(address: str) -> list[str]:
    """Return who gets the mail that an address of a mail server names. Raises UserError where nobody does."""
    asked = parse_qs(urlsplit(address).query).get("to", ())
    found = [one.strip() for text in asked for one in text.split(",") if one.strip()]
    if not found or not all("@" in one and one.isprintable() for one in found):
        raise UserError(_("smtp:// needs who gets the mail: smtp://host/?to=you@example.org&from=me@example.org"))
    return found


def _chat(message: Message, address: str) -> None:
    """Send a message through apprise, which knows the chat services."""
    service = chat_service(address)
    if not service.notify(title=message.subject, body=message.text):
        raise SendingError(_("the service did not accept it"))


def chat_service(address: str):  # type: ignore[no-untyped-def]
    """Return apprise's service for an address. Raises UserError where there is none, or no apprise."""
    scheme = urlsplit(address).scheme
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UserError(
            _(
                "{scheme}:// needs apprise, which sends to chat services - install it: pip install "
                "'newsarchive[alerts]'",
                scheme=scheme,
            )
        ) from error
    # One message to one service stays in this thread, where the guard is.
    service = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
    if not service.add(address):
        raise UserError(
            _(
                "{scheme}://...: no address of a chat service that apprise knows - its documentation lists them",
                scheme=scheme,
            )
        )
    return service


_SENDERS: dict[str, Callable[[Message, str], None]] = {"webhook": _post, "mail": _mail, "chat": _chat}
