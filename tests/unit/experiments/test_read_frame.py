from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from data.messages import NotFound, Refused
from experiments.frames import file_digest, read_frame


def test_csv_types_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(
        "\ufeffid,zip,long,n,x,empty,名称\n1,01234,123456789012345678,3,1.5,,甲\n2,NA,1,,-2e3,,\n".encode()
    )
    frame = read_frame(path)
    assert frame["id"].tolist() == [1, 2]
    assert frame["zip"].tolist()[0] == "01234"
    assert frame["zip"].isna().tolist() == [False, True]
    assert frame["long"].tolist() == ["123456789012345678", "1"]
    assert frame["n"].isna().tolist() == [False, True]
    assert frame["x"].tolist() == [1.5, -2000.0]
    assert frame["empty"].isna().all()
    assert frame["名称"].isna().tolist() == [False, True]


def test_chinese_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("地区,值\n北京,1\n".encode("gb18030"))
    assert read_frame(path)["地区"].tolist() == ["北京"]


def test_stata_spss_and_parquet_agree(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": [1.5, 2.5, None], "g": ["a", "b", "a"]})
    pyreadstat.write_dta(frame, str(tmp_path / "d.dta"))
    pyreadstat.write_sav(frame, str(tmp_path / "d.sav"))
    frame.to_parquet(tmp_path / "d.parquet")
    for kind in ("dta", "sav", "parquet"):
        read = read_frame(tmp_path / f"d.{kind}")
        assert read["y"].tolist()[:2] == [1.5, 2.5]
        assert read["y"].isna().tolist() == [False, False, True]
        assert read["g"].tolist() == ["a", "b", "a"]


def test_times_with_a_zone_become_plain_utc(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    pd.DataFrame({"at": pd.to_datetime(["2021-01-01 08:00"]).tz_localize("Asia/Shanghai")}).to_parquet(path)
    assert read_frame(path)["at"].tolist() == [pd.Timestamp("2021-01-01 00:00")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b""),
        ("a.csv", b""),
        ("a.csv", b"x,x\n1,2\n"),
        ("a.csv", b"a,b\n1\n"),
        ("a.parquet", b"not parquet"),
        ("a.dta", b"not stata"),
        ("a.sav", b"not spss"),
    ],
)
def test_unreadable_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match="E-DATA-02"):
        read_frame(tmp_path / name)


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_frame(tmp_path / "none.csv")


def test_digest_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a").startswith("ba7816bf")
