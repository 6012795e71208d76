import csv
import io
import json
import subprocess

import pytest
from support.running import command_line, on_terminal, run_on
from support.workbooks import sheets

from newsarchive.export import FORMATS, workbook

FILES = ["csv", "jsonl", "atom"]
FOLDERS = ["jekyll", "text"]


def total(sample, query=""):
    command = ("search", "--count", query) if query else ("sql", "select count(*) from articles")
    return int(run_on(sample, *command).lines[-1])


def test_csv_has_a_line_for_every_article(run, sample):
    assert len(list(csv.DictReader(io.StringIO(run("export", "csv").out)))) == total(sample)


def test_filters_are_those_of_the_search(run, sample):
    ran = run("export", "jsonl", "银行", "-贷款")
    assert len([json.loads(line) for line in ran.lines]) == total(sample, "银行 -贷款")


@pytest.mark.parametrize("form", FILES)
def test_a_file_holds_what_the_pipe_gets(run, tmp_path, form):
    target = tmp_path / "out"
    ran = run("export", form, "-o", target)
    assert ran.status == 0
    assert target.read_text(encoding="utf-8").replace("\r\n", "\n") == run("export", form).out.replace("\r\n", "\n")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("form", FOLDERS)
def test_a_folder_is_made_whole(run, sample, tmp_path, form):
    assert run("export", form, "-o", tmp_path / "out").status == 0
    ending = "*.md" if form == "jekyll" else "*.txt"
    assert len(list((tmp_path / "out").rglob(ending))) == total(sample)


def test_parquet_reads_back(run, sample, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("export", "parquet", "-o", tmp_path / "out").status == 0
    assert parquet.read_table(tmp_path / "out").num_rows == total(sample)


def test_excel_gets_a_workbook_with_links_and_filters(run, sample, tmp_path):
    target = tmp_path / "found.xlsx"
    assert run("export", "xlsx", "-o", target, "银行").status == 0
    wanted = {row["url"]: row["title"] for row in map(json.loads, run("export", "jsonl", "银行").lines)}
    rows, about = sheets(target.read_bytes())
    header, *lines = rows.rows
    assert len(lines) == len(wanted) == total(sample, "银行")
    assert {line[header.index("url")]: line[header.index("title")] for line in lines} == wanted
    assert set(rows.links) == set(wanted)
    assert rows.filter.endswith(str(len(lines) + 1))
    assert ["Search", "银行"] in about.rows
    assert list(tmp_path.iterdir()) == [target]


def test_a_workbook_goes_into_a_pipe_too(sample):
    line = command_line(sample, "export", "xlsx")
    ran = subprocess.run(line, capture_output=True, check=True, timeout=60)
    assert len(sheets(ran.stdout)[0].rows) == total(sample) + 1


def test_rows_that_a_sheet_has_no_room_for_are_told(run, sample, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    ran = run("export", "xlsx", "-o", tmp_path / "found.xlsx")
    assert ran.status == 1
    assert f"Left out: {total(sample) - 3} rows" in ran.err


def test_a_feed_holds_the_newest(run):
    newest = json.loads(run("search", "lang:zh", "--json", "--limit", 1).lines[0])
    out = run("export", "atom", "--newest", 1, "lang:zh").out
    assert out.count("<entry>") == 1
    assert newest["article_key"] in out


def test_a_folder_that_holds_something_is_left_alone(run, tmp_path):
    (tmp_path / "kept").write_text("kept")
    ran = run("export", "text", "-o", tmp_path)
    assert ran.status == 2
    assert "there is something already" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_wrong_query_leaves_nothing_behind(run, tmp_path):
    assert run("export", "csv", "-o", tmp_path / "out.csv", "(").status == 2
    assert run("export", "text", "-o", tmp_path / "out", "(").status == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_format_asks_for_its_name(run):
    assert "where to? Add -o" in run("export", "parquet").err


def test_a_terminal_is_not_flooded(sample):
    status, output = on_terminal(sample, "export", "csv")
    assert status == 2
    assert "where to? Add -o" in output


def test_an_unknown_format_is_refused(run):
    assert run("export", "docx").status == 2


def test_excel_gets_its_byte_order_mark(run, tmp_path):
    run("export", "csv", "--bom", "-o", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_help_names_every_format_with_what_it_is(run):
    out = run("export", "--help").out
    for name, form in FORMATS.items():
        assert f"{name:9} {form.help}" in out
