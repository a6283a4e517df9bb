"""Columns that hold the names of people, by their header and by what their cells look like; conservative on purpose.

Belongs here: the two kinds of evidence and how much of each is enough. Does not: numbers (privacy), keeping or showing values.
A false alarm stops a file, so places (德清县), answers (一般), codes and ids must never look like people.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column
from data.readers.header import fold

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤葛柯舒梅盛童翁鲁蓝骆祝倪樊岳章阮柳涂项关齐毕冉娄焦左裴祁霍耿管卓甄宁詹纪"
    "邢欧岑闵庞尤卜聂喻席麦庄颜殷施申洪牛游牟温华俞阎窦苗辛翟符路景卞鄢佟"
)
COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
    "独孤",
)
PERSON = rf"^(?:(?:{'|'.join(COMPOUND)})[\x{{4e00}}-\x{{9fff}}]{{1,2}}|[{SURNAMES}][\x{{4e00}}-\x{{9fff}}]{{1,2}})$"
PLACE = "[省市县区镇乡村街道路州旗盟岛山河湖桥寺庄港口园院校所局站厂店社队组号室楼栋科部处会司行馆场]$"
LATIN = r"^[A-Z][a-z]+(?:[ '-][A-Z][a-z]*\.?){0,3}(?: \([A-Z][a-z]+\))?$"
"""A name in Latin letters; in brackets what the person is called."""

SURE = re.compile(
    "姓名|(?:full|first|last|given|family|maiden|middle)name|surname|(?:respondent|patient|person|participant|student|teacher|"
    "parent|guardian|farmer|worker|resident|household(?:er)?|head|contact(?:person)?|interviewee)s?name$|nameof(?:respondent|patient|"
    "person|participant|student|head|contact)"
)
"""Headers that ask for a person's name; half of the cells must still look like one (an id under 姓名 is no name)."""
PERHAPS = frozenset(
    {"name", "名字", "名称", "联系人", "户主", "受访者", "被访者", "患者", "病人", "学生", "家长", "监护人", "居民"}
)
"""Headers that may ask for one: nearly all cells must look like a Chinese name."""
OTHER = re.compile(
    "机构|单位|公司|企业|医院|诊所|学校|产品|变量|地名|地址|姓名代码|姓名编码|name(?:code|id)$|place|school|station|product|clinic|variable"
)
"""Words that make it the name of something else: such a column is not looked at."""

LOOKED_AT = 20_000
HALF, NEARLY_ALL = 0.5, 0.9
FEWEST, DISTINCT = 20, 0.7
"""Without any word in the header: so many cells, and so large a share of them different (answers repeat, people do not)."""


def count_names(header: str, cells: pa.ChunkedArray, column: Column | None) -> int:
    """Return how many cells of a column hold names of people; 0 where the evidence is not enough.

    Parameters
    ----------
    header, cells
        A column of the file, NFKC.
    column
        What the contract declares it to be; one that is no text, or has codes or a pattern, is never looked at. The header counts
        only where the contract does not know the column.
    """
    if column is not None and (column.type != "string" or column.codes is not None or column.pattern is not None):
        return 0
    filled = cells.slice(0, LOOKED_AT).drop_null()
    if not len(filled) or pc.max(pc.utf8_length(filled.slice(0, 1))).as_py() > LONGEST:
        return 0
    word = "none" if column is not None else _word(header)
    if word == "other" or (word == "none" and len(filled) < FEWEST):
        return 0
    return len(cells) - cells.null_count if _enough(word, filled) else 0


LONGEST = 60
"""A longer first cell is free text."""


def _word(header: str) -> str:
    text = re.sub(r"[\W_\d]+", "", fold(header))
    if OTHER.search(text):
        return "other"
    return "sure" if SURE.search(text) else "perhaps" if text in PERHAPS else "none"


def _enough(word: str, filled: pa.ChunkedArray) -> bool:
    if word != "sure" and _share(filled.slice(0, FEWEST), PERSON) < HALF:
        return False  # the usual case, told by twenty cells
    people = _share(filled, PERSON, without=PLACE)
    if word == "sure":
        return people >= HALF or _share(filled, LATIN) >= HALF
    if people < NEARLY_ALL:
        return False
    return word == "perhaps" or len(filled.unique()) >= DISTINCT * len(filled)


def _share(cells: pa.ChunkedArray, form: str, *, without: str | None = None) -> float:
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, "^(.)[  ]+(.)$", r"\1\2"))  # 王 伟
    hits = pc.match_substring_regex(texts, form)
    if without is not None:
        hits = pc.and_(hits, pc.invert(pc.match_substring_regex(texts, without)))
    return float(pc.sum(hits).as_py() or 0) / len(cells)
