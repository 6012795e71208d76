"""The files that put crawls on a schedule: what can be checked of them without the machine that they are for."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from newsarchive.cli import cli

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = (
    *("newsarchive@.service", "newsarchive@.timer", "newsarchive-watch.service"),
    *("newsarchive-prune.service", "newsarchive-prune.timer"),
    *("cluster/newsarchive-shard@.service", "cluster/newsarchive-worker@.service"),
    *("cluster/newsarchive-publish.service", "cluster/newsarchive-publish.timer"),
)
#: What `systemd-analyze security` may give a service: 10 is no hardening at all.
MOST_EXPOSED = 2.5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        # The program is not installed where the unit looks for it; that one exists is all that systemd asks.
        text = re.sub("/opt/newsarchive/.venv/bin/[a-z]+", "/bin/true", text)
        (tmp_path / Path(name).name.replace("@", "@finews")).write_text(text, encoding="utf-8")
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
@pytest.mark.parametrize("unit", [name for name in UNITS if name.endswith(".service")])
def test_the_services_may_do_little_besides_their_work(unit):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if "offline" in done.stderr:
        pytest.skip("this systemd is older than 250 and looks at running services only")
    exposure = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= MOST_EXPOSED


def test_each_part_of_a_cluster_is_started_by_a_command_that_there_is():
    composed = yaml.safe_load((DEPLOY / "cluster" / "compose.yml").read_text(encoding="utf-8"))["services"]
    manifests = list(yaml.safe_load_all((DEPLOY / "cluster/kubernetes/newsarchive.yaml").read_text(encoding="utf-8")))
    lines = [service["command"] for service in composed.values() if "command" in service]
    lines += [
        container["args"]
        for one in manifests
        for container in containers_of(one.get("spec", {}))
        if "args" in container
    ]
    assert len(lines) >= 7
    for words in lines:
        context = cli.make_context("newsarchive", list(words), resilient_parsing=True)
        group = cli.get_command(context, words[0])
        assert group.get_command(context, words[1]) is not None, words


def containers_of(spec):
    if isinstance(spec, dict):
        yield from spec.get("containers", ())
        for below in spec.values():
            yield from containers_of(below)


def test_the_manifests_are_of_the_schema_of_kubernetes():
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    manifests = list(yaml.safe_load_all((DEPLOY / "cluster/kubernetes/newsarchive.yaml").read_text(encoding="utf-8")))
    assert manifests
    for one in manifests:
        kubernetes_validate.validate(one, "1.31", strict=True)


def test_a_crawl_may_be_called_back_by_the_library_of_https():
    # pyOpenSSL makes its callbacks in memory that is written and executed.
    assert "\nMemoryDenyWriteExecute=" not in (DEPLOY / "newsarchive@.service").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="this machine has no logrotate")
def test_a_log_is_rotated_and_packed_the_next_time(tmp_path):
    (tmp_path / "data").mkdir()
    rules = (DEPLOY / "logrotate.conf").read_text(encoding="utf-8").replace("/opt/newsarchive", str(tmp_path))
    (tmp_path / "rules").write_text(rules, encoding="utf-8")
    (tmp_path / "rules").chmod(0o644)
    log = tmp_path / "data" / "crawl.log"
    for number in range(2):
        log.write_text(f"line {number}\n", encoding="utf-8")
        command = ["logrotate", "--force", "--state", str(tmp_path / "state"), str(tmp_path / "rules")]
        subprocess.run(command, check=True, timeout=60)
        assert log.read_text(encoding="utf-8") == ""
        time.sleep(1.1)  # names are to the second
    kept = [path.name.endswith(".gz") for path in sorted(log.parent.iterdir()) if path != log]
    assert kept == [True, False]


def test_every_log_that_cron_lets_grow_is_rotated():
    crontab = (DEPLOY / "crontab").read_text(encoding="utf-8")
    appended = re.findall(r">>(\S+)", crontab)
    assert appended
    assert all(re.fullmatch(r"data/[a-z]+\.log", name) for name in appended)
    assert "logrotate --state data/logrotate.state deploy/logrotate.conf" in crontab
    assert "/tmp/" not in crontab, "others may have made a file of that name before"


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
    assert len(lines) == 7
    for line in lines:
        fields = line.split(None, 5)
        assert all(set(field) <= set("*/0123456789,-") for field in fields[:5])
        assert fields[5].startswith("cd /opt/newsarchive && ")
        assert "%" not in fields[5], "cron takes it for the end of a line"


@pytest.mark.parametrize("command", ["status", "backup", "prune"])
def test_the_commands_of_the_schedule_exist(command):
    assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0
