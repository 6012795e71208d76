"""A known site file after another look: what was found replaces what it said, what people wrote stays."""

import tomllib

from newsarchive.drafting.renewal import renewed

FOUND = """# Found by a look at the site in March.
name = "jiangwan"
title = "江湾网"
base_url = "https://www.jiangwan.example"
hosts = ["www.jiangwan.example"]

[politeness]
delay = 1.0  # seconds between two requests

[listing]
# Pages that list articles.
start = [
    "/",  # 3
    "/new/",  # 40
]
article = [
    '^/new/\\d+\\.html$',  # 43
]
explore = true

[[feeds]]  # 20 entries
path = "/new.xml"
"""
KNOWN = """# Found by a look at the site in January.
name = "harbour"
title = "江湾晚报"
base_url = "https://www.jiangwan.example"
hosts = ["www.jiangwan.example"]
# said by their editor
info_codes = "never"

[politeness]
# asked for by mail
delay = 5
quiet_hours = [1, 2]

[listing]
start = [
    "/old/",
]
article = '^/old/'
heading = "h1"

[[feeds]]
path = "/old.xml"

# twice a week is enough
[recheck]
days = [1]

[[layouts]]
role = "original"
title = ["h1"]
"""


def test_what_was_found_replaces_what_the_file_said():
    now = tomllib.loads(renewed(KNOWN, FOUND))
    assert now["listing"]["start"] == ["/", "/new/"]
    assert now["listing"]["article"] == [r"^/new/\d+\.html$"]
    assert now["feeds"] == [{"path": "/new.xml"}]


def test_what_a_person_chose_or_a_look_does_not_find_out_stays():
    text = renewed(KNOWN, FOUND)
    now = tomllib.loads(text)
    assert (now["name"], now["title"]) == ("harbour", "江湾晚报")
    assert now["politeness"] == {"delay": 5, "quiet_hours": [1, 2]}
    assert now["listing"]["heading"] == "h1"
    assert now["layouts"] == [{"role": "original", "title": ["h1"]}]
    assert now["recheck"] == {"days": [1]}
    assert "# said by their editor\ninfo_codes" in text
    assert "# twice a week is enough\n[recheck]" in text


def test_a_file_that_says_what_was_found_is_not_changed():
    assert renewed(FOUND, FOUND) == FOUND
    assert renewed(renewed(KNOWN, FOUND), FOUND) == renewed(KNOWN, FOUND)
