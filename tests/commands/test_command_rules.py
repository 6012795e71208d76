from support.running import run_on

from newsarchive.demo import DemoSite
from newsarchive.sites import load_site


def places(folder, count=3):
    demo = DemoSite(articles=30)
    posts = [post for post in demo.posts() if post.edition == "media" and post.title][:count]
    for number, post in enumerate(posts):
        path = folder / f"{number}.html"
        path.write_bytes(demo.render(post.path))
        yield f"{path}=https://mirror.example{post.path}"


def test_a_draft_is_a_file_that_loads(tmp_path):
    target = tmp_path / "mirror.toml"
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path), "--name", "mirror", "-o", target)
    assert ran.status in (0, 1)
    site = load_site("mirror", tmp_path)
    assert site.hosts == ("mirror.example",)
    assert site.layouts[0].body
    assert "title" in ran.err
    assert "of 3 pages" in ran.err


def test_standard_output_gets_the_file_alone(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path))
    (tmp_path / "example.toml").write_text(ran.out, encoding="utf-8")
    assert load_site("example", tmp_path).name == "example"


def test_one_page_is_too_few(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path, 1))
    assert ran.status == 2
    assert "two to 6 pages" in ran.err


def test_files_without_their_address_are_refused(tmp_path):
    names = [place.partition("=")[0] for place in places(tmp_path)]
    assert "must be of one web site" in run_on(tmp_path / "none.db", "rules", "draft", *names).err
