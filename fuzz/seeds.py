#!/usr/bin/env python3
"""Writes the seeds below corpus/: the first inputs that the fuzzer changes. They are kept in the repository; this shows
how they came about. Needs `pip install xlwt pyarrow`. Inputs that found something have names that say what, and are
written by hand."""

import datetime
import fnmatch
import gzip
import io
import pathlib
import struct
import zipfile

import pyarrow
import pyarrow.parquet
import xlwt

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
DATA = ROOT / "tests/data"


def seed(target, name, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def sections(parts):
    return "".join(f"=== {name}\n{content.rstrip(chr(10))}\n" for name, content in parts.items())


TABLE = (
    "name,count,period,share,wait,figure,target\n"
    'Été,"1,332",Oct-25,56.3%,01:05:37,(23),>=92%\n'
    "b,*,2025-11,0.5,-,12%,TBC\n"
    '"c ""d""\nline",£0.96,01/12/2025,101%,00:00:01.5,1e3,< 5\n'
    "\nNote: as printed\n"
)


def delimited():
    seed("delimited", "table.csv", TABLE)
    for name, delimiter in [("semicolon", ";"), ("tab", "\t"), ("pipe", "|")]:
        seed("delimited", name, f"title\n\nname{delimiter}count\r\na{delimiter}1\r\nb{delimiter}2\r\n")
    seed("delimited", "utf-16", "name,count\na,1\n£,2\n".encode("utf-16"))
    seed("delimited", "utf-16-bare", "name,count\na,1\nb,2\n".encode("utf-16-be"))
    seed("delimited", "windows-1252", "name,count\n\xa3,1\n\x96,2\n".encode("latin-1"))
    seed("delimited", "mark", b"\xef\xbb\xbfname,count\ra,1\rb,2")
    seed("delimited", "open-quote", 'name,count\na,1\n"b,2\nc,3\n')
    seed("delimited", "stray-quote", 'name,count\n"a"x,1\nb"c,2,3\n')
    seed("delimited", "header-twice", "name,count,name\na,1,b\n")


def json():
    seed("json", "array", '[{"name": "a", "count": 1.50}, {"count": null, "name": "\\u00a3\\n"}]')
    seed("json", "wrapped", '{"title": "x [{", "n": [1, {"a": "}"}], "rows": [{"name": "a", "count": 1}], "m": {}}')
    seed("json", "lines", '{"name": "a", "count": 1}\n\n{"name": "b", "period": "2025-10", "more": true}\n')
    seed("json", "nested", '[{"name": "a", "count": [1]}]')
    seed("json", "utf-16", '[{"name": "a"}]'.encode("utf-16"))
    seed("json", "twice", '{"name": "a", "name": "b"}')


SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:E4"/><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>count</t></is></c><c r="C1" t="str"><v>period</v></c><c r="D1" t="s"><v>1</v></c></row>
<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="0"><v>1332</v></c><c r="C2" s="1"><v>45931</v></c><c r="D2" s="2"><v>0.563</v></c><c r="E2" s="3"><f>A1+1</f><v>1.5</v></c></row>
<row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4" t="e"><v>#DIV/0!</v></c><c r="C4" t="d"><v>2025-10-01T00:00:00</v></c><c r="D4" s="4"><v>123</v></c></row>
</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>"""
STYLES = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="mmm\\-yy"/><numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="46"/><xf numFmtId="165"/></cellXfs></styleSheet>"""
STRINGS = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>name</t></si><si><r><t>sha</t></r><r><t xml:space="preserve">re</t></r></si><si><t>&#163; &amp; _x000D_</t></si></sst>"""
BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="Notes" sheetId="1" state="hidden" r:id="rId2"/><sheet name="S" sheetId="2" r:id="rId1"/></sheets><definedNames><definedName name="x">S!$A$1</definedName></definedNames></workbook>"""


def xlsx():
    parts = {"xl/styles.xml": STYLES, "xl/sharedStrings.xml": STRINGS, "xl/worksheets/sheet1.xml": SHEET}
    seed("xlsx", "parts", sections(parts))
    seed("xlsx", "sheet-only", sections({"xl/worksheets/sheet1.xml": SHEET}))
    seed("xlsx", "own-workbook", sections({"xl/workbook.xml": BOOK, **parts}))


ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ["office", "table", "text", "style"]
)
CONTENT = f"""<office:document-content {ODS_NAMES}><office:body><office:spreadsheet><table:table table:name="S"><table:table-column table:number-columns-repeated="3"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>name</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>count</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>period</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="1.5"/><table:table-cell office:value-type="date" office:date-value="2025-10-01"/><table:table-cell table:number-columns-repeated="2"/></table:table-row>
<table:table-row><table:table-cell office:value-type="percentage" office:value="0.563"/><table:table-cell office:value-type="time" office:time-value="PT01H05M37S"/><table:covered-table-cell office:value-type="boolean" office:boolean-value="true"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods():
    seed("ods", "parts", sections({"content.xml": CONTENT}))
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    seed("ods", "manifest", sections({"content.xml": CONTENT, "META-INF/manifest.xml": manifest}))


def record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def text8(text):
    return struct.pack("<HB", len(text), 0) + text.encode("latin-1")


def xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for at, text in enumerate(["name", "count", "period", "share"]):
        sheet.write(0, at, text)
    sheet.write(1, 0, "Été")
    sheet.write(1, 1, 1332)
    sheet.write(1, 2, datetime.date(2025, 10, 1), xlwt.easyxf(num_format_str="mmm-yy"))
    sheet.write(1, 3, 0.563, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(2, 0, True)
    sheet.write(2, 1, xlwt.Formula("1+1"))
    sheet.write_merge(3, 4, 0, 0, "merged")
    file = io.BytesIO()
    book.save(file)
    seed("xls", "workbook", file.getvalue())
    globals_ = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + record(0x42, struct.pack("<H", 1200))
    strings = record(0xFC, struct.pack("<II", 2, 2) + text8("name") + text8("b"))
    name = struct.pack("<BB", 1, 0) + b"S"
    start = len(globals_) + len(strings) + 4 + 6 + len(name) + 4
    globals_ += record(0x85, struct.pack("<IBB", start, 0, 0) + name) + strings + record(0x0A)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += record(0x200, struct.pack("<IIHHH", 0, 3, 0, 3, 0))
    sheet += record(0xFD, struct.pack("<HHHI", 0, 0, 0, 0)) + record(0x204, struct.pack("<HHH", 0, 1, 0) + text8("count"))
    sheet += record(0xFD, struct.pack("<HHHI", 1, 0, 0, 1)) + record(0x203, struct.pack("<HHHd", 1, 1, 0, 1.5))
    sheet += record(0x27E, struct.pack("<HHHI", 1, 2, 0, 6)) + record(0x205, struct.pack("<HHHBB", 2, 0, 0, 1, 0))
    sheet += record(0xBD, struct.pack("<HHHIHIH", 2, 1, 0, 14, 0, 18, 2))
    sheet += record(0x06, struct.pack("<HHHdHI", 3, 0, 0, 2.0, 0, 0) + struct.pack("<HBH", 3, 0x1E, 2)) + record(0x0A)
    seed("xls", "stream", globals_ + sheet)


def parquet():
    table = pyarrow.table(
        {
            "name": ["a", "b", None],
            "count": pyarrow.array([1, 2, None], pyarrow.int64()),
            "period": pyarrow.array([datetime.date(2025, 10, 1), None, datetime.date(2025, 12, 1)]),
            "share": [0.1, float("nan"), float("inf")],
            "wait": pyarrow.array([1, 2, 3], pyarrow.timestamp("ms")),
        }
    )
    plain = {"use_dictionary": False, "compression": "none", "write_statistics": False}
    for name, options in {
        "plain": plain,
        "dictionary": {"compression": "snappy"},
        "zstd": {"compression": "zstd"},
        "gzip-v2": {"compression": "gzip", "data_page_version": "2.0"},
        "lz4": {"compression": "lz4", **{"use_dictionary": False}},
        "delta": {**plain, "column_encoding": {"count": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY"}},
    }.items():
        file = io.BytesIO()
        # Without the schema of Arrow, the file's own counts.
        pyarrow.parquet.write_table(table, file, store_schema=name == "dictionary", **options)
        seed("parquet", name, file.getvalue())
    for name, array in {
        "decimal": pyarrow.array([1, 2]).cast(pyarrow.decimal128(21, 2)),
        "binary": pyarrow.array([b"a", b"\xff"]),
        "time": pyarrow.array([1, 2], pyarrow.time32("ms")),
        "bool": pyarrow.array([True, None]),
        "list": pyarrow.array([[1], [2]]),
        "single": pyarrow.array([0.1, 2], pyarrow.float32()),
    }.items():
        file = io.BytesIO()
        table = pyarrow.table({"name": array, "count": array})
        pyarrow.parquet.write_table(table, file, store_schema=False, **plain)
        seed("parquet", name, file.getvalue())


def archives():
    csv = b"name,count\na,1\nb,2\n"
    packed = gzip.compress(csv, mtime=0)
    seed("packed", "gzip", packed)
    seed("packed", "two-members", packed + gzip.compress(b"c,3\n", mtime=0))
    seed("packed", "nested", gzip.compress(packed, mtime=0))
    seed("packed", "stored", gzip.compress(csv, compresslevel=0, mtime=0))
    zstd = pyarrow.compress(csv, codec="zstd", asbytes=True)
    seed("packed", "zstandard", zstd)
    seed("zip", "members", sections({"t.csv": csv.decode(), "__MACOSX/._t": "x", "in/readme.txt": "see"}))
    seed("zip", "two", sections({"a.csv": csv.decode(), "b.csv": csv.decode()}))
    seed("zip", "out", sections({"../t.csv": csv.decode()}))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("t.csv"), csv)
    seed("zip", "archive", file.getvalue())


LAYOUTS = {
    "plain": ("columns:\n  name: {}\n  count: { kind: number }\n  period: { kind: period }\nperiod: { column: period }\n"
              "measures: { m: { value: count, labels: [name] } }\n", "t.csv", TABLE),
    "given": ("table: { financial_year: { title: '(?<year>\\d{4}/\\d\\d)' }, repeated_rows: drop, delimiter: ',' }\n"
              "columns:\n  name: { from: { file_name: '(?<value>[a-z]+)' } }\n  month: { kind: period }\n"
              "  n: { kind: figure, scale: header, part: '(?<value>\\d+)/' }\nperiod: { column: month }\n"
              "measures: { m: { value: n, labels: [name] } }\n", "abc.csv",
              "Activity 2024/25\nmonth,n £'000\nM7,1/2\nM7,1/2\nSept,3/4\nQ2,5/6\n"),
    "blocks": ("table:\n  blocks: { title: measure, title_in: above }\n  header_rows: 2\n  skip_rows: ['Total*']\n"
               "columns:\n  measure: {}\n  name: {}\n  count: { kind: percent, percent: points }\n", "t.csv",
               "One\nname,\n,count\na,1\n\nTwo\nname,\n,count\nb,2\nTotal,3\n"),
    "across": ("table:\n  across: { columns: periods, name: period, value: count, blank: keep }\n  fill_down: [name]\n"
               "columns:\n  name: {}\n  period: { kind: period }\n  count: { kind: number }\n", "t.csv",
               "name,Apr-25,May-25,2024/25\na,1,2,3\n,4,,5\n"),
    "positions": ("table: { alternate: { position: 2, rows: { plan: p, real: r } }, across: { columns: ['Apr*', May], name: month } }\n"
                  "columns:\n  name: { position: 1, required: false }\n  month: {}\n  plan: { kind: number }\n"
                  "  real: { kind: number, reasons: { suppressed: ['c'] } }\n", "t.csv",
                  "x,,Apr-25,May\na,p,1,2\n,r,3,c\nb,p,5,\n"),
}


def layouts():
    for name, (dataset, file, table) in LAYOUTS.items():
        seed("layout", name, sections({"dataset.yaml": dataset, file: table}))
    files = sorted(DATA.glob("*/*.csv"))
    for dataset in sorted((ROOT / "config/datasets").glob("*.yaml")):
        text = dataset.read_text()
        # Comments only make inputs long.
        text = "".join(line + "\n" for line in text.splitlines() if line and not line.lstrip().startswith("#"))
        seed("config", dataset.stem, sections({f"config/datasets/{dataset.name}": text}))
        pattern = text.split('files: ["')[1].split('"')[0]
        file = next(file for file in files if fnmatch.fnmatch(file.name, pattern))
        table = "\n".join(file.read_text().splitlines()[:60])
        seed("layout", dataset.stem, sections({"dataset.yaml": text, file.name: table}))
        seed("infer", file.stem, table + "\n")
    seed("infer", "semicolon", "Code;Share (%);Wait;Seen;Notes\n00123;56.3%;01:05:37;1,332;\n00456;*;00:20:00;*;late\n")
    seed("infer", "lines", '{"name": "a", "count": 1}\n{"name": "b", "count": 2}\n')


def yaml():
    seed("yaml", "kinds", "title: \"a\\tb\"\nnumber: 1.5e3\nwhole: 012\nyes: no\nsettings: { a: 1, b: ~, c: 'it''s' }\n"
         "table:\n  header_rows: 2\n  skip_rows:\n  - \"% of*\"\n  - |\n    two\n     lines\n  - >-\n    folded\n    text\n")
    seed("yaml", "mistakes", "title: [a\nnumber: x\ncolums: {}\ntitle: b\n? [a]\n: c\n&a *b !c\n---\n- d\n")
    seed("yaml", "odd", "\ufefftitle: \u00e9\r\nwhole: 99999999999999999999\r\n\tx: 1\r\n")
    groups = (ROOT / "config/groups.yaml").read_text()
    daemon = (ROOT / "config/bellwether.yaml").read_text()
    datasets = {f"config/datasets/{name}.yaml": (ROOT / f"config/datasets/{name}.yaml").read_text()
                for name in ["les-activity", "hha-achievement-bands"]}
    seed("config", "home", sections({"config/groups.yaml": groups, "config/bellwether.yaml": daemon, **datasets,
                                     **{f"rules/{file.name}": file.read_text() for file in (ROOT / "rules").iterdir()}}))
    for text, name in [(groups, "groups"), (daemon, "daemon")]:
        seed("yaml", name, text)
        seed("config", name, sections({f"config/{'bellwether' if name == 'daemon' else name}.yaml": text}))


def figures():
    for name, text in {"number": "-£1,332.50", "brackets": "(23,269)", "percent": "56.3 %", "duration": "-01:05:37.5",
                       "target": "=<92%", "exponent": "1.5E-300", "word": "UHL - TBC", "period": "2025/26-Q3"}.items():
        seed("cells", name, text)
    for name, text in {"month": "Apr-25", "iso": "2025-04", "day": "01APR2024", "quarter": "Q2 23/24 Sept-23",
                       "week": "2025-W41", "year": "FY 2024/25", "m": "M7 24/25", "serial": "45748",
                       "slashes": "13/10/2025", "title": "RTT-April-2026", "midnight": "2024-04-01 00:00:00"}.items():
        seed("periods", name, text)


def expressions():
    for name, parts in {
        "row": {"row": "count <= 10 * abs(count) && len(name) > 0 || period in [\"2025-10\", name.upper()]"},
        "series": {"series": "value < share * plan && labels.contract != word && value > mean(3) + ago(2) - previous()"},
        "template": {"template": "{labels.contract}: {value} of {value / plan:percent} {{ {sum_ytd():0} {same_period_last_year()}"},
        "script": {"script": "fn f(x, y) {\n  let a = [];\n  for n in 1..=6 { push(a, n % 2); }\n  switch y { \"a\" => x, _ => throw `no ${y}` }\n}\n",
                   "series": "f(value, word) > round(plan_ago(1), 2) ** 2", "template": "{f(1, word)}"},
        "loop": {"script": "fn f(x) { let s = \"a\"; while x > 0 { s += s; x -= 1; } s }", "series": "f(9) == word"},
        "recursion": {"script": "fn f(x) { if x > 3 { cannot_tell(\"end\"); } f(x + 1) }", "series": "f(0) > 1"},
    }.items():
        seed("expressions", name, sections(parts))


for write in [delimited, json, xlsx, ods, xls, parquet, archives, layouts, yaml, figures, expressions]:
    write()
for target in ["delimited", "json", "xls", "parquet", "packed"]:
    for name in {"table.csv", "array", "workbook", "plain", "gzip"}:
        file = HERE / "corpus" / target / name
        if file.exists():
            seed("any", f"{target}-{name}", file.read_bytes())
