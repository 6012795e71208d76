"""The files that put crawls on a schedule: what can be checked of them without the machine that they are for."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from newsarchive.cli import cli

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ("newsarchive@.service", "newsarchive@.timer")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        # The program is not installed where the unit looks for it; that one exists is all that systemd asks.
        text = text.replace("/opt/newsarchive/.venv/bin/scrapy", "/bin/true")
        (tmp_path / name.replace("@", "@finews")).write_text(text, encoding="utf-8")
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_workflow_is_readable_and_runs_one_crawl_at_a_time():
    workflow = yaml.safe_load((DEPLOY / "github-actions.yml").read_text(encoding="utf-8"))
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert any("scrapy crawl site" in step.get("run", "") for step in workflow["jobs"]["crawl"]["steps"])


def test_cron_lines_have_five_fields_and_a_command():
    lines = [
        line
        for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
        if line[:1] in tuple("*0123456789")
    ]
    assert len(lines) == 3
    for line in lines:
        fields = line.split(None, 5)
        assert all(set(field) <= set("*/0123456789,-") for field in fields[:5])
        assert fields[5].startswith("cd /opt/newsarchive && .venv/bin/")


@pytest.mark.parametrize("command", ["status", "backup"])
def test_the_commands_of_the_schedule_exist(command):
    assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0
