"""The fixed list of reasons that a `problems` row, a frontier row or a counter may carry."""

from __future__ import annotations

#: reason -> what it tells a person. Rows with any other reason are refused by the archive.
REASONS: dict[str, str] = {
    # fetching
    "gone": "the server says that the page is not there (404 or 410)",
    "http-error": "the server answered with an error status",
    "unreachable": "no answer: name, connection or time-out",
    "robots": "robots.txt does not allow it",
    "too-large": "the body is larger than the limit",
    "broken-transfer": "the body was cut short or could not be decompressed",
    "redirect-loop": "redirected too often or in a circle",
    "foreign-host": "leads to a host that the site does not name",
    "unsafe-url": "not http(s), or an address inside a private network",
    "endless-paging": "a listing page repeated an earlier one",
    # what came back
    "empty-page": "the body is empty",
    "error-page": "status 200, but the page says that there is no article",
    "login-wall": "the page asks for a login or a subscription",
    "verification-page": "the page asks to be a person, or to agree to something, before it shows the article",
    "redirected-away": "led to the home page, a listing, or a page for logging in or agreeing to something",
    "repeated-page": "the same page came under several addresses",
    "cut-down-page": "the page of a stored article lost its date and most of its text; the stored text was kept",
    "not-an-article": "the page carries no article",
    "not-html": "a page was expected, and a document, a picture or data came",
    "too-complex": "the page has more markup than any real page, or reading it takes too long",
    "not-json": "JSON was expected and something else came",
    "no-text": "the answer has no text for this code",
    "bad-info-code": "not a known form of info code",
    "broken-front-matter": "the head of a post file is not valid YAML",
    # what was read
    "no-title": "no title was found",
    "no-date": "no date was found",
    "no-body": "no paragraph was found",
    "further-pages": "the article goes on on further pages, which are not read",
    "future-date": "the date lies in the future and was not taken",
    "implausible-date": "the date lies long before there were web pages, or contradicts the article's number",
    "wrong-charset": "the declared charset was wrong; another one was used",
    "damaged-text": "characters were lost before the page reached us",
    # what was to be read from files
    "damaged-file": "the file is damaged, ends in the middle of a record, or is none that can be read",
    "missing-original": "the record refers to an earlier page, which is in none of the files that were read",
    "damaged-snapshot": "the raw page that was kept is damaged or missing",
    # our own
    "bad-listing": "a listing page had none of the links it should have, or could not be read to its end",
    "spider-error": "a rule of ours failed on this page",
    "unfinished": "a run was killed while this page was on its way or read; it may have been the cause",
}


def check_reason(reason: str) -> None:
    """Raise ValueError when a reason is none of `REASONS`."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason that newsarchive.problems knows")
