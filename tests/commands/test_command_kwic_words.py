"""`newsarchive kwic`, `words` and `export sentences` on the sample."""

import csv
import io
import json

import pytest
from rich.cells import cell_len
from support.running import on_terminal


def test_every_line_of_a_concordance_holds_the_word(run):
    ran = run("kwic", "银行", "--json", "--width", "5")
    lines = [json.loads(line) for line in ran.lines]
    assert lines
    assert {line["match"] for line in lines} == {"银行"}
    assert max(len(line["left"]) for line in lines) == 5
    assert ran.err.endswith(f"{len({line['article_key'] for line in lines})} articles\n")


def test_a_limit_is_told(run):
    ran = run("kwic", "银行", "--limit", "2", "--csv")
    assert len(ran.lines) == 3
    assert ran.err.startswith("The first 2 of ")


def test_a_word_that_is_nowhere_is_status_1(run):
    ran = run("kwic", "没有这个词")
    assert (ran.status, ran.out, ran.err) == (1, "", "0 places in 0 articles\n")


@pytest.mark.parametrize("columns", [60, 80])
def test_on_a_terminal_the_words_stand_below_each_other(sample, columns):
    _, out = on_terminal(sample, "kwic", "银行", "--limit", "5", columns=columns)
    lines = [line for line in out.split("\r\n") if "\x1b[1;7m银行" in line]
    assert len(lines) == 5
    bare = [line.replace("\x1b[36m", "").replace("\x1b[1;7m", "").replace("\x1b[0m", "") for line in lines]
    places = {cell_len(line.partition("\x1b[1;7m")[0].replace("\x1b[36m", "").replace("\x1b[0m", "")) for line in lines}
    assert len(places) == 1
    assert all(cell_len(line) <= columns for line in bare)


def test_given_words_are_counted_by_source(run):
    rows = list(csv.DictReader(io.StringIO(run("words", "--by", "source", "--word", "银行", "--csv").out)))
    assert list(rows[0]) == ["source", "word", "count", "articles", "per_million"]
    whole = json.loads(run("words", "--word", "银行", "--json").out)
    assert sum(int(row["count"]) for row in rows) == whole["count"] > 0


def test_the_words_used_most_are_words(run):
    pytest.importorskip("rjieba")
    rows = [json.loads(line) for line in run("words", "银行", "--limit", "10", "--json").lines]
    assert len(rows) == 10
    assert "银行" in {row["word"] for row in rows}
    assert [row["count"] for row in rows] == sorted((row["count"] for row in rows), reverse=True)


def test_a_corpus_of_sentences_has_a_head_and_one_sentence_a_line(run, tmp_path):
    assert run("export", "sentences", "-o", tmp_path / "corpus", "银行").status == 0
    file, *_ = sorted((tmp_path / "corpus").glob("2026/*/*.txt"))
    head, _, text = file.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n\n")
    assert "key:" in head
    lines = [line for line in text.splitlines() if line]
    assert len(lines) > 3
    assert not [line for line in lines[1:] if "。" in line[:-2]]
