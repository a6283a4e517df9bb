"""Why a file could not be read, in both languages.

Belongs here: the codes E-FILE-.. and the notes of the readers. Does not: problems of rows and columns (quality.messages,
which takes this catalogue in).
"""

from __future__ import annotations

from data.messages import Refused, Text

CATALOGUE: dict[str, Text] = {
    "E-FILE-01": Text(
        en="We could not open this file: {reason} Save it as .xlsx or as CSV (UTF-8) and choose it again.",
        zh="无法打开此文件：{reason}请另存为 .xlsx 或 CSV（UTF-8）后重新选择。",
    ),
    "E-FILE-02": Text(en="The file has no data rows below the header.", zh="表头下没有数据行。"),
    "E-FILE-03": Text(
        en='Line {line}: a quotation mark (") is opened and not closed. {n} lines were read as one row.',
        zh='第 {line} 行的引号（"）没有成对，{n} 行被读成了一行。',
    ),
    "E-FILE-04": Text(
        en='Line {line}: text follows a closing quotation mark ("). Put the whole cell in quotation marks, doubled inside.',
        zh='第 {line} 行：引号（"）之后还有文字。请把整个单元格放在引号内，其中的引号写两次。',
    ),
    "E-FILE-05": Text(
        en="{n} of {rows} rows do not have the {width} cells of row {row}, which was taken for the header. This is no table,"
        " or its separators are damaged.",
        zh="{rows} 行中有 {n} 行的单元格数与第 {row} 行（视为表头，{width} 个）不符。该文件不是表格，或分隔符已损坏。",
    ),
    "E-HEAD-01": Text(
        en="No header was found: row {row}, where the column names should be, holds values. Put the names in the first row.",
        zh="未找到表头：第 {row} 行应为列名，却是数据。请在第一行写上列名。",
    ),
    "W-HEAD-01": Text(
        en="The header was found in row {row}; the {n} rows above it were not read.",
        zh="表头在第 {row} 行；其上的 {n} 行未读取。",
    ),
    "W-SHEET-01": Text(
        en="Only the sheet {sheet} was read; the sheets {others} hold data too.",
        zh="只读取了工作表 {sheet}；工作表 {others} 中也有数据。",
    ),
    "W-TMPL-01": Text(
        en="This file was made with the template of {contract} {old}; the contract is now {new}. What changed: {changes}."
        " Take the present template for the next upload.",
        zh="此文件用 {contract} {old} 的模板填写，现行版本为 {new}。变化：{changes}。下次请使用现行模板。",
    ),
    "W-REP-01": Text(
        en="The entries of {repeat} are read as rows of their own; rows are counted by entry, from 2.",
        zh="重复组 {repeat} 的每个条目读作一行；行号按条目计，从 2 起。",
    ),
    "W-REP-02": Text(
        en="Left out because they are no part of this table (repeats, attachments, links): {cols}.",
        zh="以下内容不属于本表（重复组、附件、链接），未读取：{cols}。",
    ),
    "W-HEAD-02": Text(
        en="The header takes rows {first} to {last}; the names of each column were joined with “ / ”.",
        zh="表头占第 {first} 至 {last} 行；各列的名称已用“ / ”连接。",
    ),
    "W-ENC-01": Text(
        en="The text is not Unicode and was read as {encoding}, by evidence. Please look at a few accented letters.",
        zh="文字不是 Unicode 编码，已根据内容判断按 {encoding} 读取。请核对几处带符号的字母。",
    ),
    "W-LINE-01": Text(
        en="{n} cells hold line breaks: {lines} lines of the file are {rows} rows. The first is in row {row}.",
        zh="有 {n} 个单元格含换行：文件的 {lines} 行读成 {rows} 行。第一处在第 {row} 行。",
    ),
    "W-NUM-01": Text(
        en="{label}: {n} numbers are written with a comma ({style}). We read them with a point.",
        zh="“{label}”：有 {n} 个数字使用了逗号（{style}），已按小数点写法读取。",
    ),
    "W-FORM-01": Text(
        en="{n} cells are formulas; the value that the spreadsheet last computed was read.",
        zh="有 {n} 个单元格为公式；已读取表格软件最后一次计算的值。",
    ),
    "W-HIDE-01": Text(
        en="Hidden parts of the sheet were read like the others: {rows} rows, {columns} columns.",
        zh="工作表中隐藏的部分也已读取：{rows} 行、{columns} 列。",
    ),
    "W-ZIP-01": Text(en="The file was unpacked: {name} was read.", zh="已解压缩，读取其中的 {name}。"),
    "E-MISS-01": Text(
        en="{label}: the file declares {codes} to be missing ({n} cells) and the contract does not. Ask for them to be added"
        " to the contract's missing codes, so that no code is taken for a value.",
        zh="“{label}”：文件声明 {codes} 为缺失值（{n} 格），数据约定中没有。请将其加入约定的缺失编码，以免被当作数值。",
    ),
    "W-KEEP-01": Text(en="Not kept from this file: {what}.", zh="此文件中未保留：{what}。"),
    "W-MORE-01": Text(
        en="The server holds more than this file: {lists} of its lists end with a link to a next page. {n} observations were"
        " read and nothing was fetched. Send the next pages too, or ask the server for all at once.",
        zh="服务器上的数据多于此文件：有 {lists} 个列表以“下一页”链接结束。已读取 {n} 条观测，未从网络获取任何内容。"
        "请一并发送后续页，或让服务器一次给出全部数据。",
    ),
    "W-JSON-01": Text(
        en="The cells of {names} hold lists or structures, written as JSON.",
        zh="列 {names} 的单元格为列表或嵌套结构，已写成 JSON 文本。",
    ),
    "W-CELL-01": Text(
        en="{n} cells hold an Excel error such as #N/A and were read as text: {cells}.",
        zh="{n} 个单元格为 Excel 错误值（如 #N/A），已按文字读取：{cells}。",
    ),
}

REASONS: dict[str, Text] = {
    "empty": Text(en="it is empty (0 bytes).", zh="文件为空（0 字节）。"),
    "irregular": Text(
        en="it is not a regular file (a folder, a link or a device).", zh="它不是普通文件（文件夹、链接或设备）。"
    ),
    "linked": Text(
        en="it has a second name on the disk (a hard link), through which it could be changed; copy it instead.",
        zh="它在磁盘上另有名称（硬链接），可能被改动；请改为复制文件。",
    ),
    "changed": Text(en="it changed while it was copied; wait until it is whole.", zh="复制时文件有变化；请等它写完。"),
    "encrypted": Text(en="it is protected by a password.", zh="文件有密码保护。"),
    "entities": Text(
        en="its XML declares a document type or entities, which no table needs.",
        zh="其中的 XML 声明了文档类型或实体，数据表不需要这些。",
    ),
    "entries": Text(en="it holds more than {limit} files.", zh="其中的文件超过 {limit} 个。"),
    "ratio": Text(
        en="a part of it expands more than {limit} times, as no table does.",
        zh="其中一部分解压后超过 {limit} 倍，数据表不会如此。",
    ),
    "memory": Text(
        en="reading it takes more than {limit} MB of memory; split it.", zh="读取需要超过 {limit} MB 内存；请拆分。"
    ),
    "time": Text(en="reading it takes longer than {limit} seconds; split it.", zh="读取超过 {limit} 秒；请拆分。"),
    "crashed": Text(
        en="it is damaged: the reader stopped on it ({what}).", zh="文件已损坏：读取程序因它停止（{what}）。"
    ),
    "missing": Text(en="there is no such file.", zh="没有这个文件。"),
    "size": Text(en="it is larger than {limit} MB.", zh="文件大于 {limit} MB。"),
    "format": Text(
        en="its content is {kind}, which is not read.",
        zh="其内容是 {kind}，不能读取。",
    ),
    "encoding": Text(en="its text could not be decoded; tried {tried}.", zh="无法解码其中的文字；已尝试 {tried}。"),
    "nul": Text(en="its text holds NUL characters.", zh="其文字含有空字符（NUL）。"),
    "locked": Text(en="it is protected by a password.", zh="文件受密码保护。"),
    "shape": Text(
        en="the JSON is not a list of flat objects, one per row, with one value per name.",
        zh="其 JSON 不是由扁平对象（每行一个、每个名称一个值）组成的列表。",
    ),
    "widths": Text(
        en="its lines look like columns of fixed width, and where one ends is not certain: {why}",
        zh="其各行像定宽列，但列的边界无法确定：{why}",
    ),
    "several": Text(
        en="the archive holds {n} files ({names}) and one table is read. Send each file by itself.",
        zh="压缩包中有 {n} 个文件（{names}），一次只读取一个表。请逐个发送。",
    ),
    "archive": Text(en="the archive holds no file.", zh="压缩包中没有文件。"),
    "damaged": Text(en="the {kind} inside is damaged.", zh="其中的 {kind} 内容已损坏。"),
    "sheet": Text(en="the workbook has no visible sheet with cells.", zh="工作簿中没有含数据的可见工作表。"),
    "tables": Text(
        en="it holds several tables and none is plainly the one of this contract: {names}.",
        zh="其中有多个表，无法确定哪个属于此数据约定：{names}。",
    ),
    "macro": Text(en="the workbook carries macros.", zh="工作簿含有宏。"),
    "extent": Text(
        en="a sheet spans more than {limit} million cells; delete stray cells far from the table.",
        zh="工作表跨度超过 {limit} 百万个单元格；请删除远离表格的零散单元格。",
    ),
    "expands": Text(en="it expands to more than {limit} MB.", zh="解压后超过 {limit} MB。"),
    "observations": Text(
        en="it is a document of a SensorThings server without observations; ask for Observations, or for"
        " Datastreams?$expand=Observations.",
        zh="它是 SensorThings 服务器的文档，但不含观测值；请导出 Observations 或 Datastreams?$expand=Observations。",
    ),
    "array": Text(
        en="the rows of its dataArray do not have one value for each of its components.",
        zh="其 dataArray 的各行与 components 的个数不符。",
    ),
    "history": Text(
        en="the attributes {names} hold several values over time; ask for entities, one state each, not for their history.",
        zh="属性 {names} 含有多个时间点的取值；请导出实体的单一状态，而非历史。",
    ),
    "nested": Text(en="the columns {cols} hold lists or structures.", zh="列 {cols} 含有列表或嵌套结构。"),
    "wide": Text(en="it has more than {limit} columns.", zh="列数超过 {limit}。"),
}


NOT_KEPT: dict[str, Text] = {
    "merged": Text(
        en="{n} merged areas below the header; the value stands in the first cell of each",
        zh="表头下方 {n} 处合并单元格；值只保留在各处的第一格",
    ),
    "early": Text(
        en="the exact day of {n} dates before 1 March 1900, which Excel counts wrongly",
        zh="{n} 个 1900 年 3 月 1 日之前日期的准确日（Excel 对其计数有误）",
    ),
    "sets": Text(en="multiple-response sets ({names})", zh="多选题集合（{names}）"),
    "documents": Text(en="{n} lines of notes", zh="{n} 行说明文字"),
    "weight": Text(en="that the file is weighted by {name}", zh="文件以 {name} 加权的设置"),
    "catalogue": Text(
        en="the value labels of {names}, which stand in a SAS catalogue beside the file",
        zh="{names} 的取值标签（在另外的 SAS 目录文件中）",
    ),
    "absent": Text(
        en="which empty cells were null, an empty text or a missing name ({n} objects)",
        zh="空单元格原为 null、空文本还是缺少的名称（{n} 个对象）",
    ),
    "quoted": Text(
        en="which values of {names} were texts and which were numbers or true/false",
        zh="{names} 中哪些值是文本、哪些是数字或真假值",
    ),
    "kinds": Text(
        en="the kinds that attributes declare (Property, Number, Text), of {n} entities",
        zh="{n} 个实体中属性所声明的类别（Property、Number、Text）",
    ),
    "vocabulary": Text(en="the vocabulary (@context) of {n} entities", zh="{n} 个实体的词汇表（@context）"),
    "described": Text(en="what the server says beside the observations: {names}", zh="观测值以外的说明：{names}"),
    "links": Text(en="{n} links and counts of the server", zh="{n} 个服务器链接与计数"),
    "comments": Text(en="{n} comments on cells", zh="{n} 条单元格批注"),
    "pictures": Text(en="{n} pictures, charts or shapes", zh="{n} 个图片、图表或形状"),
    "zones": Text(en="the time zones of {names}; their times are in UTC", zh="{names} 的时区；时间已换算为 UTC"),
    "notnumbers": Text(
        en="the difference between empty and NaN in {names} ({n} cells)", zh="{names} 中空值与 NaN 的区别（{n} 格）"
    ),
    "leap": Text(en="leap seconds of {names}", zh="{names} 的闰秒"),
}
"""What a format can hold and a table of text cells cannot; told as W-KEEP-01, one note each."""


def kept_not(what: str, **values: object) -> dict[str, object]:
    """Return the values of a W-KEEP-01 note.

    >>> kept_not("documents", n=2)["what"].en
    '2 lines of notes'
    """
    return {"what": NOT_KEPT[what].fill(**values)}


def refuse(code: str, **values: object) -> Refused:
    """Return (not raise) the refusal `code` with its placeholders filled."""
    return Refused(code, CATALOGUE[code].fill(**values))


def unreadable(reason: str, **values: object) -> Refused:
    """Return the refusal E-FILE-01 with one of `REASONS`.

    >>> unreadable("empty").text.en
    'We could not open this file: it is empty (0 bytes). Save it as .xlsx or as CSV (UTF-8) and choose it again.'
    """
    return refuse("E-FILE-01", reason=REASONS[reason].fill(**values))
