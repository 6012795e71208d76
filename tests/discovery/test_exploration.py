"""The pages that nothing is known of are looked at in the order of their promise, as long as that brings articles."""

from newsarchive.discovery.exploration import EARNED, FREE_PAGES, Exploration, may_be_page

HOST = "https://news.chaosheng.example"


def taken(exploration, new=lambda url: 0):
    """Look at pages until there are no more, and return their paths."""
    paths = []
    while (candidate := exploration.next()) is not None:
        paths.append(candidate.url.removeprefix(HOST))
        exploration.learn(candidate.url, new(candidate.url))
    return paths


def test_news_come_before_other_sections_and_tags_and_the_house_last():
    exploration = Exploration()
    for path in ("/about/", "/tag/sea/", "/town/", "/news/"):
        exploration.offer(HOST + path)
    exploration.offer(f"{HOST}/x1/", "新闻中心")
    assert taken(exploration) == ["/news/", "/x1/", "/town/", "/about/", "/tag/sea/"]


def test_a_calendar_without_end_is_left_after_a_few_pages():
    exploration = Exploration(free_pages=1000)
    for number in range(500):
        exploration.offer(f"{HOST}/rili/{2026 + number // 12}/{number % 12 + 1}/")
    assert len(taken(exploration)) == 8


def test_a_cloud_of_words_in_one_folder_is_one_place():
    exploration = Exploration(free_pages=1000)
    for number in range(26):
        exploration.offer(f"{HOST}/goods/{chr(97 + number)}{chr(97 + number)}.html")
    assert len(taken(exploration)) == 8


def test_pages_of_many_sections_that_bring_nothing_are_left_together():
    exploration = Exploration(free_pages=1000)
    for number in range(40):
        exploration.offer(f"{HOST}/{chr(97 + number % 26)}{chr(97 + number // 26)}/index1.html")
    assert len(taken(exploration)) == 12


def test_pages_that_go_on_bringing_articles_are_followed_to_the_end():
    exploration = Exploration()
    for number in range(2, 300):
        exploration.offer(f"{HOST}/sea/list_{number}.html", is_pager=True)
    assert len(taken(exploration, lambda _: 10)) == 298


def test_what_is_spent_stays_in_proportion_to_what_is_found():
    exploration = Exploration()
    for one in range(26):
        for other in range(26):
            exploration.offer(f"{HOST}/{chr(97 + one)}{chr(97 + other)}z/")
    asked = taken(exploration, lambda url: 1 if url.endswith("aaz/") else 0)
    assert len(asked) == int(FREE_PAGES + EARNED)


def test_what_many_pages_lead_to_comes_first():
    exploration = Exploration()
    exploration.offer(f"{HOST}/hill/")
    exploration.offer(f"{HOST}/town/")
    exploration.count_link(f"{HOST}/town/")
    assert taken(exploration) == ["/town/", "/hill/"]


def test_a_page_is_looked_at_once_whatever_its_spelling():
    exploration = Exploration()
    exploration.saw(f"{HOST}/hill/")
    exploration.offer(f"{HOST}/hill/")
    exploration.offer(f"{HOST}/town/?utm_source=mail")
    exploration.offer(f"{HOST}/town/")
    assert taken(exploration) == ["/town/?utm_source=mail"]


def test_files_and_places_to_log_in_buy_or_print_are_no_pages():
    paths = (
        "/a.pdf",
        "/a.JPG",
        "/login.php",
        "/user/register",
        "/?replytocom=7",
        "/cart/",
        "/print/1.html",
        "/a//b",
        "/x/http://y/",
        "/2026/03/quay.example.com/",
        "/town/www.quay.example/boats",
        "/town/editor@quay.example",
        "/town/feed/",
        "/2026/1001/trackback/",
    )
    assert not any(may_be_page(HOST + path) for path in paths)
    assert may_be_page(f"{HOST}/printing-house-opens/")


def test_the_page_of_a_folder_in_which_articles_lie_comes_before_others():
    exploration = Exploration()
    for path in ("/hill/", "/town.html", "/sea/"):
        exploration.offer(HOST + path)
    exploration.saw_article(f"{HOST}/town/2026/1001.html")
    assert taken(exploration)[0] == "/town.html"


def test_what_lies_near_the_first_page_comes_before_what_lies_deep():
    exploration = Exploration()
    exploration.offer(f"{HOST}/hill/")
    exploration.offer(f"{HOST}/wood/", found_on=f"{HOST}/hill/")
    exploration.offer(f"{HOST}/town/")
    assert taken(exploration) == ["/hill/", "/town/", "/wood/"]


def test_a_place_none_of_whose_pages_is_there_is_left_soon_and_no_other_for_it():
    exploration = Exploration(free_pages=1000)
    for number in range(20):
        exploration.offer(f"{HOST}/a/list_{number}.html")
        exploration.offer(f"{HOST}/b/list_{number}.html")
    gone = 0
    while (candidate := exploration.next()) is not None:
        if "/a/" in candidate.url:
            exploration.did_not_come(candidate.url)
            gone += 1
        else:
            exploration.learn(candidate.url, 3)
    assert gone == 3


def test_the_pages_of_a_list_that_repeats_what_is_known_are_left_after_the_second():
    exploration = Exploration(free_pages=1000)
    exploration.learn(f"{HOST}/sea/", 0)
    for number in range(2, 20):
        exploration.offer(f"{HOST}/sea/list_{number}.html", is_pager=True, found_on=f"{HOST}/sea/")
    assert taken(exploration) == ["/sea/list_2.html"]


def test_a_list_that_begins_with_what_is_known_is_followed_to_what_is_not():
    exploration = Exploration(free_pages=1000)
    exploration.learn(f"{HOST}/sea/", 0)
    for number in range(2, 20):
        exploration.offer(f"{HOST}/sea/list_{number}.html", is_pager=True, found_on=f"{HOST}/sea/")
    assert len(taken(exploration, lambda _: 5)) == 18


def test_a_host_none_of_whose_pages_is_there_is_left():
    exploration = Exploration(free_pages=1000)
    for number in range(20):
        exploration.offer(f"https://old.chaosheng.example/{chr(97 + number)}x/")
    gone = 0
    while (candidate := exploration.next()) is not None:
        exploration.did_not_come(candidate.url)
        gone += 1
    assert gone == 3


def test_months_come_last_where_the_years_list_their_articles():
    exploration = Exploration()
    for path in ("/2026/03/", "/2026/02/", "/2026/", "/town/"):
        exploration.offer(HOST + path)
    assert taken(exploration, lambda url: 4 * url.endswith("/2026/"))[-2:] == ["/2026/03/", "/2026/02/"]


def test_a_site_that_has_no_more_is_left_after_some_pages_in_a_row():
    exploration = Exploration(free_pages=1000)
    for one in range(26):
        for other in range(26):
            exploration.offer(f"{HOST}/{chr(97 + one)}{chr(97 + other)}z/")
    asked = taken(exploration, lambda url: 40 if url.endswith("/aaz/") else 0)
    assert len(asked) == 1 + 12  # six, and six for forty articles


def test_tags_that_repeat_what_sections_list_are_left_sooner():
    exploration = Exploration(free_pages=1000)
    exploration.learn(f"{HOST}/", 100)
    for number in range(26):
        exploration.offer(f"{HOST}/{chr(97 + number)}z/tag/")
    assert len(taken(exploration)) == 8


def test_a_patient_look_ends_with_its_pages_alone():
    exploration = Exploration(30, patient=True)
    exploration.learn(f"{HOST}/", 20)
    for one in range(26):
        for other in range(26):
            exploration.offer(f"{HOST}/{chr(97 + one)}{chr(97 + other)}z/")
    assert len(taken(exploration)) == 35
