"""What keeps the embedded server from running is said in one Chinese sentence that names the place and the remedy."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from erqi import serving
from erqi.embedded import EmbeddedServer, OperatorError, diagnosis
from erqi.embedded.account import installed_programs
from erqi.embedded.locks import only_one
from erqi.embedded.place import CHECKOUT, default_data_dir, make_place
from erqi.tests.plugin import run_dir

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="concerns root alone")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(dir=run_dir()))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stopped_place() -> Iterator[Path]:
    """A data place with a cluster that was stopped in order, to be damaged in copies."""
    made = Path(tempfile.mkdtemp(dir=run_dir()))
    made.chmod(0o711)
    with EmbeddedServer(made / "data", durable=False):
        pass
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def place(stopped_place: Path, folder: Path) -> Path:
    """A copy of the stopped place, with the owners of all files."""
    subprocess.run(["cp", "-a", stopped_place, folder / "data"], check=True)
    return folder / "data"


def sentence(place: Path) -> str:
    """Return the one sentence that starting the server there ends with."""
    with pytest.raises(OperatorError) as caught, EmbeddedServer(place, durable=False):
        pass
    text = str(caught.value)
    assert "\n" not in text
    assert re.search(r"：.*[请可].*。$", text), f"no remedy: {text}"
    return text


def test_a_missing_version_file_means_a_damaged_cluster(place):
    (place / "postgres/cluster/PG_VERSION").unlink()
    text = sentence(place)
    assert "已损坏" in text
    assert str(place / "postgres/cluster") in text


def test_a_cluster_of_another_major_version_is_named(place):
    (place / "postgres/cluster/PG_VERSION").write_text("16\n")
    assert "PostgreSQL 16" in sentence(place)


@pytest.mark.parametrize("damage", [b"", b"\0" * 8192], ids=["empty", "zeroes"])
def test_a_damaged_control_file_means_a_damaged_cluster(place, damage):
    control = place / "postgres/cluster/global/pg_control"
    control.write_bytes(damage)
    assert "已损坏" in sentence(place)


def test_a_lost_write_ahead_log_means_a_damaged_cluster(place):
    for file in (place / "postgres/cluster/pg_wal").iterdir():
        if file.is_file():
            file.unlink()
    assert "已损坏" in sentence(place)


def test_a_lost_database_folder_means_a_damaged_cluster(place):
    shutil.rmtree(place / "postgres/cluster/base")
    assert "已损坏" in sentence(place)


def test_a_wrong_own_value_names_the_file_of_own_values(place):
    (place / "postgresql.local.conf").write_text("shared_bufers = '1MB'\n")
    assert str(place / "postgresql.local.conf") in sentence(place)


def test_after_a_failed_start_the_place_is_free_for_the_next(place):
    version = place / "postgres/cluster/PG_VERSION"
    kept = version.read_text()
    version.write_text("16\n")
    sentence(place)
    version.write_text(kept)
    with EmbeddedServer(place, durable=False) as server:
        assert server.started_here


def test_a_place_that_is_a_file(folder):
    (folder / "file").write_text("")
    assert str(folder / "file") in sentence(folder / "file")


def test_a_place_without_permission(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o500)
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        assert "没有权限" in sentence(closed / "data")
    finally:
        os.seteuid(own)


@as_root
def test_a_place_that_the_servers_account_cannot_enter(folder):
    folder.chmod(0o700)
    text = sentence(folder / "data")
    assert "以 root 运行" in text
    assert folder.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_cluster_of_another_account(place):
    os.chown(place / "postgres", 0, 0)
    assert "属于用户 root" in sentence(place)


@as_root
def test_programs_in_a_private_folder_are_copied_into_the_data_place(folder):
    """As with a checkout under a private /root: nothing of it becomes readable for others."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    package = installed_programs().parent.parent
    shutil.copytree(package, private / package.name, ignore=shutil.ignore_patterns("pginstall", "include", "*.a"))
    shutil.copytree(package.with_name(f"{package.name}.libs"), private / f"{package.name}.libs")
    program = (
        "import sys; from pathlib import Path; from erqi.embedded import EmbeddedServer\n"
        "for attempt in 1, 2:\n"
        "    with EmbeddedServer(Path(sys.argv[1]), durable=False) as server: print(server.started_here)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, folder / "data"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": f"{private}{os.pathsep}{CHECKOUT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "True\nTrue\n", result.stderr
    assert len(list((folder / "data/binaries").iterdir())) == 1
    assert private.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_uid == 0 for path in (folder / "data/binaries").rglob("*"))


@as_root
def test_a_full_disk(folder):
    small = folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m,mode=711", "tmpfs", small], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        assert "磁盘空间不足" in sentence(small / "data")
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_disk_that_fills_while_starting(tmp_path):
    log = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "磁盘已满" in str(diagnosis.why_not_started(tmp_path, log))


def test_whatever_else_the_server_says_is_passed_on_with_its_log(tmp_path):
    text = str(diagnosis.why_not_started(tmp_path, "2018-09-28 [1] LOG: x\n2018-09-28 [1] FATAL:  something new.\n"))
    assert "something new" in text
    assert str(tmp_path / "postgres/server.log") in text


def test_a_lock_that_stays_taken_gives_its_sentence(tmp_path):
    with only_one(tmp_path / "lock", patience=0, sentence="x"):
        with pytest.raises(OperatorError, match="被占用"), only_one(tmp_path / "lock", patience=0.1, sentence="被占用"):
            pass
    with only_one(tmp_path / "lock", patience=0, sentence="x"):
        pass


def test_secrets_are_generated_once_and_readable_by_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("ERQI_DEMO_PASSWORD")
    place = tmp_path / "new" / "data"
    secret, password = serving.installation_secret(place), serving.demo_password(place)
    assert len(secret) >= 50
    assert (serving.installation_secret(place), serving.demo_password(place)) == (secret, password)
    assert {path.name: path.stat().st_mode & 0o777 for path in place.iterdir()} == {"secret_key": 0o600, "demo_password": 0o600}


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(serving.installation_secret(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_an_empty_secret_file_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(OperatorError, match="secret_key"):
        serving.installation_secret(tmp_path)


def test_a_chosen_demo_password_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("ERQI_DEMO_PASSWORD", "Chosen-2018")
    assert serving.demo_password(tmp_path) == "Chosen-2018"


def test_existing_folders_keep_their_permissions(tmp_path):
    tmp_path.chmod(0o755)
    make_place(tmp_path / "a" / "b")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    expected = 0o711 if os.geteuid() == 0 else 0o700
    assert [(tmp_path / part).stat().st_mode & 0o777 for part in ("a", "a/b")] == [expected, expected]


@pytest.mark.parametrize("touch", [Path.read_text, Path.touch, Path.mkdir, Path.unlink], ids=["read", "create", "make", "remove"])
def test_no_test_touches_the_data_place_of_an_installation(touch):
    with pytest.raises(RuntimeError, match="own data place"):
        touch(default_data_dir() / "anything")
