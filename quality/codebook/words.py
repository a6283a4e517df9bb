"""The words of the codebook's page, in both languages.

Belongs here: headings and names of grades, levels, transforms. Does not: labels of variables (data.codebooks), statuses
(exports.statuses).
"""

from __future__ import annotations

from data.messages import Text


def _texts(**pairs: tuple[str, str]) -> dict[str, Text]:
    return {name: Text(en=english, zh=chinese) for name, (english, chinese) in pairs.items()}


WORDS = _texts(
    title=("Codebook", "变量编码本"),
    simulated=("SIMULATED DATA: nothing here is evidence", "模拟数据：不得作为任何结论的依据"),
    release=("Release", "发布版本"),
    built=("Built", "生成时间"),
    tables=("Tables", "数据表"),
    variables=("Variables", "变量"),
    rows=("Rows", "行"),
    key=("One row per", "每行对应"),
    waves=("Waves", "轮次"),
    subject=("About", "涉及对象"),
    lineage=("From the archive to here", "来源与加工"),
    sources=("Contracts", "数据约定"),
    seeds=("Reference tables", "参照表"),
    models=("Models, in the order in which they are built", "模型（按生成顺序）"),
    steps=("Steps", "步数"),
    held=(
        "A dot (·) is a number that is not shown: it rests on fewer than {n} units, or would give such a number away.",
        "圆点（·）表示不予显示的数字：其单位少于 {n} 个，或会由此推知少于 {n} 个单位的数字。",
    ),
    question=("Question", "问题"),
    universe=("Asked of", "适用范围"),
    routing=("Asked if", "提问条件"),
    instruments=("Instrument versions", "工具版本"),
    every_wave=("every wave", "各轮"),
    prices=("Prices", "价格"),
    grade=("Disclosure grade", "披露等级"),
    level=("Processing", "加工程度"),
    unit=("Unit", "单位"),
    type=("Type", "类型"),
    wave=("Wave", "轮次"),
    valid=("With a value", "有值"),
    codes=("Codes", "代码"),
    spread=("Distribution", "分布"),
    mean=("mean", "均值"),
    sd=("standard deviation", "标准差"),
    least=("least", "最小"),
    greatest=("greatest", "最大"),
    distinct=("distinct values", "不同取值数"),
    compared=("Comparability", "可比性"),
    instance=("Source", "来源"),
    columns=("Columns", "列"),
    transform=("Transform", "转换"),
    how=("Comparable", "可比性"),
    why=("Why", "说明"),
    broken=("The series breaks at", "序列断点"),
    all_waves=("all {n} waves", "全部 {n} 轮"),
    counts=("Rows by wave and reason of absence", "各轮行数与缺失原因"),
    left_out=("Columns that nobody declared, left out", "未登记而略去的列"),
    terms=("Terms", "使用条款"),
    contents=("Contents", "目录"),
    other=("中文", "English"),
)  # fmt: skip
SUBJECTS = _texts(
    people=("people; small cells held back", "个人；小单元格不显示"),
    organisations=("organisations; small cells held back", "机构；小单元格不显示"),
    nobody=("areas and devices; nothing held back", "地区与设备；全部显示"),
)
GRADES = _texts(
    none=("none", "无"),
    quasi=("may help to find somebody (quasi)", "间接标识（quasi）"),
    sensitive=("sensitive", "敏感"),
    direct=("names somebody (direct)", "直接标识（direct）"),
)
LEVELS = _texts(
    reference=("reference: no source behind it", "参照：无来源数据"),
    collected=("as collected, or passed on", "原样采集或传递"),
    harmonised=("harmonised by a concordance", "经对照表统一"),
    derived=("derived in the panel", "面板中派生"),
)
KINDS = _texts(
    string=("text", "文本"),
    integer=("whole number", "整数"),
    number=("number", "数值"),
    boolean=("yes or no", "是否"),
    date=("date", "日期"),
    timestamp=("date and time", "日期时间"),
)
COMPARED = _texts(
    identical=("identical", "一致"),
    recoded=("recoded", "重编码"),
    approximate=("approximate", "近似"),
    not_comparable=("not comparable", "不可比"),
    not_available=("not available", "无此项"),
)
TRANSFORMS = _texts(
    identity=("as it is", "原值"),
    recode=("recoded", "重编码"),
    linear=("another unit", "单位换算"),
    bands=("classes", "分组"),
    first_present=("first of several that is there", "取首个有值者"),
    none=("none", "无"),
)
