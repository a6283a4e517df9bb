"""Which columns name or locate a person, by what they are called: a guess for drafted contracts, for a human to confirm.

Belongs here: words of headers and labels → sensitivity. Does not: finding personal numbers in cells (quality.privacy), replacing
them (the identity step of the gate).
"""

from __future__ import annotations

import re
import unicodedata

from data.contracts.model import Sensitivity

DIRECT = re.compile(
    r"\b((first|last|full|family|given|sur|resp(ondent)?|hh|head|enum(erator)?|interviewer|person|contact|submitter|user|patient)"
    r" ?names?|name of (the )?(respondent|head|person|enumerator|patient|interviewer|child|mother|father)"
    r"|phone( ?(no|num|number))?|mobile|telephone|tel|cell(phone| phone)|e ?mail|wechat|whatsapp|qq"
    r"|id ?card|national ?id|passport|identity|resident ?id|ssn|bank ?(account|card)|card ?no"
    r"|street|home address|gps|geopoint|device ?id|imei|imsi|subscriber ?id|sim ?(serial|id)|mac ?address|ip ?address"
    r"|user ?name|signature|photo|audio|picture|plate ?(no|number))\b"
)
DIRECT_CHINESE = re.compile(
    "姓名|名字|身份证|手机|电话|联系方式|微信|邮箱|电子邮件|住址|家庭地址|详细地址|银行卡|账号|护照|车牌|签名|照片|访员|设备号|社保卡"
)
QUASI = re.compile(
    r"\b(birth|dob|age|sex|gender|ethnic|village|address|latitude|longitude|lat|lon|lng|postcode|zip|school|employer"
    r"|occupation|nationality|religion|marital|respondent|person|household|hh|patient|pid|hhid)\b"
)
QUASI_CHINESE = re.compile("出生|年龄|性别|民族|籍贯|户籍|村|地址|经度|纬度|邮编|单位名称|学校|职业|婚姻|编号")


def guessed_sensitivity(*texts: str) -> Sensitivity:
    """Return `direct` where a header or label names what identifies a person, `quasi` where it helps to, else `none`.

    >>> [guessed_sensitivity(text) for text in ("resp_name", "手机号", "birthYear", "wait_min", "village")]
    ['direct', 'direct', 'quasi', 'none', 'quasi']
    """
    plain = [_words(text) for text in texts]
    if any(DIRECT.search(text) or DIRECT_CHINESE.search(text) for text in plain):
        return "direct"
    return "quasi" if any(QUASI.search(text) or QUASI_CHINESE.search(text) for text in plain) else "none"


def _words(text: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text))
    return re.sub(r"[_\W\d]+", " ", parted).casefold().strip()
