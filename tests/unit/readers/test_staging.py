"""What is stored is what was hashed, whatever happens to the source meanwhile; only plain files are taken."""

import hashlib
import os
import socket
import threading
import time

import pytest

from data.messages import NotFound, Refused
from data.readers import staged, staged_bytes
from data.readers.open import scratch_folder, sweep


def taken(path, **more):
    with staged(path, **more) as opened:
        return opened.path.read_bytes(), opened.sha256


@pytest.mark.parametrize("kind", ["symlink", "folder", "pipe", "socket", "device", "hard link"])
def test_only_a_plain_file_is_taken(tmp_path, monkeypatch, kind):
    real, other = tmp_path / "real.csv", tmp_path / "other.csv"
    real.write_bytes(b"a,b\n1,2\n")
    with socket.socket(socket.AF_UNIX) as listening:
        match kind:
            case "symlink":
                other.symlink_to(real)
            case "folder":
                other.mkdir()
            case "pipe":
                os.mkfifo(other)
            case "socket":
                monkeypatch.chdir(tmp_path)
                listening.bind(other.name)
            case "device":
                other = type(other)("/dev/zero")
            case "hard link":
                other.hardlink_to(real)
        with pytest.raises(Refused) as refusal:
            taken(other, sole=True)
    assert refusal.value.code == "E-FILE-01"


def test_a_hard_link_is_the_senders_business_outside_shared_folders(tmp_path):
    real, other = tmp_path / "real.csv", tmp_path / "other.csv"
    real.write_bytes(b"a,b\n1,2\n")
    other.hardlink_to(real)
    with staged(other) as opened:
        assert (opened.path.read_bytes(), opened.path.stat().st_nlink) == (b"a,b\n1,2\n", 1)


def test_a_source_that_is_swapped_and_rewritten_all_the_time_never_gives_bytes_of_another_hash(tmp_path):
    path, stop = tmp_path / "swapped.csv", threading.Event()
    contents = [b"a,b\n" + bytes([48 + n]) * 200_000 for n in range(4)]
    path.write_bytes(contents[0])

    def swap():
        turn = 0
        while not stop.is_set():
            turn += 1
            if turn % 2:
                path.write_bytes(contents[turn % 4])
            else:
                other = tmp_path / "other"
                other.write_bytes(contents[turn % 4])
                other.replace(path)
            if turn % 5 == 0:
                path.unlink()
                path.symlink_to("/etc/passwd")
                time.sleep(0.0005)
                path.unlink()
                path.write_bytes(contents[0])

    swapper = threading.Thread(target=swap)
    swapper.start()
    whole = refused = 0
    try:
        for _ in range(150):
            try:
                content, sha256 = taken(path)
            except (Refused, NotFound):
                refused += 1
                continue
            assert hashlib.sha256(content).hexdigest() == sha256
            assert content in contents, "never half of one and half of another"
            whole += 1
    finally:
        stop.set()
        swapper.join()
    assert whole
    assert refused


def test_writing_to_the_staged_copy_breaks_its_seal(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with staged(path) as opened:
        opened.check_seal()
        stamp = opened.path.stat()
        opened.path.chmod(0o600)
        opened.path.write_bytes(b"a,b\n1,9\n")
        os.utime(opened.path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        with pytest.raises(Refused):
            opened.check_seal()


def test_a_living_owner_keeps_its_folder_and_a_dead_ones_is_swept(tmp_path):
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "original").write_text("x")
    with scratch_folder(tmp_path) as folder:
        assert sweep(tmp_path) == 1
        assert list(tmp_path.iterdir()) == [folder]
    assert list(tmp_path.iterdir()) == []


def test_bytes_are_staged_like_a_file():
    with staged_bytes(b"a,b\n1,2\n", "form.csv") as opened:
        assert opened.path.read_bytes() == b"a,b\n1,2\n"
        assert opened.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        opened.check_seal()
    assert not opened.folder.exists()
    with pytest.raises(Refused, match="empty"), staged_bytes(b"", "form.csv"):
        pass
