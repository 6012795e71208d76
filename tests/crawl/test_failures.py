"""What becomes of a URL that could not be fetched."""

from datetime import UTC, datetime

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from newsarchive.crawl.failures import BrokenTransfer, HostPaused, Refused, TooLarge, outcome_of
from newsarchive.crawl.http.offsite import Refusal
from newsarchive.problems import REASONS

URL = "http://news.example.com/1.html"


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (404, "gone", "gone"),
        (410, "gone", "gone"),
        (400, "http-error", "retry"),
        (401, "http-error", "retry"),
        (403, "http-error", "retry"),
        (451, "http-error", "retry"),
        (408, "http-error", "retry"),
        (429, "http-error", "retry"),
        (500, "http-error", "retry"),
        (501, "http-error", "retry"),
        (503, "http-error", "retry"),
        (599, "http-error", "retry"),
        (304, "http-error", "retry"),
    ],
)
def test_a_status_decides(status, reason, state):
    fate = outcome_of(HttpError(Response(URL, status=status)))
    assert (fate.reason, fate.state) == (reason, state)
    assert str(status) in fate.detail


def test_a_redirect_out_of_the_web_is_told_with_where_it_leads():
    fate = outcome_of(HttpError(Response(URL, status=302, headers={"Location": "file:///etc/passwd"})))
    assert (fate.reason, fate.state) == ("unsafe-url", "rejected")
    assert "file:///etc/passwd" in fate.detail


@pytest.mark.parametrize(
    ("error", "reason", "state"),
    [
        (IgnoreRequest("Forbidden by robots.txt"), "robots", "blocked"),
        (IgnoreRequest("max redirections reached"), "redirect-loop", "rejected"),
        (Refused(Refusal("foreign-host", "elsewhere")), "foreign-host", "rejected"),
        (DownloadTimeoutError("30 s"), "unreachable", "retry"),
        (DownloadConnectionRefusedError(), "unreachable", "retry"),
        (CannotResolveHostError(), "unreachable", "retry"),
        (DownloadFailedError(), "unreachable", "retry"),
        (OSError(), "unreachable", "retry"),
        (ResponseDataLossError(), "broken-transfer", "retry"),
        (BrokenTransfer("cut short"), "broken-transfer", "retry"),
        (TooLarge("more"), "too-large", "rejected"),
        (DownloadCancelledError(), "too-large", "rejected"),
        (NotSupported("gopher"), "unsafe-url", "rejected"),
        (RuntimeError("nobody foresaw this"), "unreachable", "retry"),
    ],
)
def test_an_error_decides_and_its_reason_is_a_known_one(error, reason, state):
    fate = outcome_of(error)
    assert (fate.reason, fate.state) == (reason, state)
    assert fate.reason in REASONS


def test_a_resting_host_is_asked_again_when_it_said():
    until = datetime(2026, 3, 5, 13, tzinfo=UTC)
    fate = outcome_of(HostPaused("news.example.com", until))
    assert (fate.state, fate.not_before) == ("retry", until)


def test_an_error_nobody_foresaw_is_told_with_its_kind():
    assert outcome_of(RuntimeError("oh")).detail == "RuntimeError: oh"
