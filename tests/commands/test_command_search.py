import json

from support.running import on_terminal, run_on


def found(ran):
    return [json.loads(line) for line in ran.lines]


def test_two_characters_are_found_in_title_or_text(run):
    hits = found(run("search", "--json", "银行", "--limit", 100))
    assert hits
    assert all("银行" in hit["title"] + hit["snippet"] for hit in hits)


def test_words_may_be_excluded_by_a_minus_sign(run):
    with_all = {hit["article_key"] for hit in found(run("search", "--json", "--limit", 100, "银行"))}
    without = {hit["article_key"] for hit in found(run("search", "--json", "--limit", 100, "银行", "-工作日"))}
    both = {hit["article_key"] for hit in found(run("search", "--json", "--limit", 100, "银行", "工作日"))}
    assert without == with_all - both
    assert both


def test_newest_come_first_and_oldest_on_request(run):
    times = [hit["published_at"] for hit in found(run("search", "--json", "lang:zh"))]
    assert [time for time in times if time] == sorted((time for time in times if time), reverse=True)
    oldest = [hit["published_at"] for hit in found(run("search", "--json", "--order", "oldest", "lang:zh"))]
    assert oldest == sorted(oldest)


def test_count_prints_a_number_alone(run):
    number = int(run("search", "--count", "银行").out)
    assert number == len(found(run("search", "--json", "--limit", 1000, "银行")))


def test_nothing_found_is_status_1(run):
    ran = run("search", "没有这样的词语")
    assert (ran.status, ran.out, ran.err) == (1, "", "Nothing found.\n")
    assert run("search", "--count", "没有这样的词语").status == 1


def test_a_wrong_query_is_told_with_its_place(run):
    ran = run("search", "(银行")
    assert ran.status == 2
    assert "a bracket is not closed" in ran.err


def test_an_empty_query_is_refused(run):
    assert run("search").status == 2
    assert "nothing to search for" in run("search", "，。").err


def test_a_wrong_option_value_is_refused(run):
    assert run("search", "--limit", 0, "银行").status == 2


def test_what_is_left_out_is_told(run):
    ran = run("search", "--limit", 1, "银行")
    assert "1 to 1 of" in ran.err
    assert len(ran.lines) == 2


def test_reindex_makes_the_index_anew(tmp_path, sample):
    copy = tmp_path / "archive.db"
    run_on(sample, "backup", tmp_path / "copy", "--no-warc")
    copy.write_bytes(next((tmp_path / "copy").glob("*.db")).read_bytes())
    before = run_on(copy, "search", "--count", "银行").out
    ran = run_on(copy, "search", "reindex")
    assert ran.status == 0
    assert "articles indexed" in ran.out
    assert run_on(copy, "search", "--count", "银行").out == before


def test_a_terminal_shows_matches_in_reverse_video(sample):
    status, output = on_terminal(sample, "search", "银行", "--limit", "2")
    assert status == 0
    assert "\x1b[1;7m银行" in output


def test_an_archive_that_is_not_there_is_a_mistake_of_the_user(tmp_path):
    ran = run_on(tmp_path / "none.db", "search", "银行")
    assert ran.status == 2
    assert "there is no such file" in ran.err
