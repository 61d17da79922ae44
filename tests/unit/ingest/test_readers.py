import gzip
import hashlib
from pathlib import Path

import pytest

from lmm.errors import DataError
from lmm.ingest.readers import read_table

ROWS = [("a1", "0", "2.5"), ("a1", "1", "3.5"), ("b2", "0", "1.25"), ("b2", "1", "-4")]
PLAIN = "id,time,y\n" + "".join(",".join(row) + "\n" for row in ROWS)


def cells(table):
    return list(table.frame.itertuples(index=False, name=None))


def with_delimiter(delimiter: str) -> str:
    return PLAIN.replace(",", delimiter)


SAME = {
    "plain": (PLAIN.encode(), "t.csv", ""),
    "byte-order mark": (PLAIN.encode("utf-8-sig"), "t.csv", ""),
    "windows line ends": (PLAIN.replace("\n", "\r\n").encode(), "t.csv", ""),
    "old mac line ends": (PLAIN.replace("\n", "\r").encode(), "t.csv", ""),
    "no last line end": (PLAIN.rstrip("\n").encode(), "t.csv", ""),
    "semicolons": (with_delimiter(";").encode(), "t.csv", "delimiter: semicolon ;"),
    "tabs": (with_delimiter("\t").encode(), "t.tsv", "delimiter: tab"),
    "bars": (with_delimiter("|").encode(), "t.txt", "delimiter: vertical bar |"),
    "utf-16 little": ("\ufeff".encode("utf-16-le") + PLAIN.encode("utf-16-le"), "t.csv", "utf-16"),
    "utf-16 big": ("\ufeff".encode("utf-16-be") + PLAIN.encode("utf-16-be"), "t.csv", "utf-16"),
    "gzip": (gzip.compress(PLAIN.encode()), "t.csv.gz", ""),
    "gzip without the name": (gzip.compress(PLAIN.encode()), "t.csv", ""),
    "two gzip members": (
        gzip.compress(PLAIN[:20].encode()) + gzip.compress(PLAIN[20:].encode()),
        "t.csv.gz",
        "",
    ),
    "plain named gz": (PLAIN.encode(), "t.csv.gz", "not gzip-compressed"),
    "spaces in the header": (
        PLAIN.replace("id,time,y", " id , time , y ").encode(),
        "t.csv",
        "spaces around column names",
    ),
    "row names": (
        ('"",id,time,y\n' + "".join(f'"{i}",{",".join(r)}\n' for i, r in enumerate(ROWS))).encode(),
        "t.csv",
        "first column has no name",
    ),
    "trailing delimiter in rows": (
        PLAIN.replace("\n", ",\n").replace("y,\n", "y\n", 1).encode(),
        "t.csv",
        "trailing empty column",
    ),
    "trailing delimiter everywhere": (
        PLAIN.replace("\n", ",\n").encode(),
        "t.csv",
        "columns without a name",
    ),
    "blank lines": (
        ("\n  \n" + PLAIN.replace("b2,0", "\n \t\nb2,0") + "\n\n").encode(),
        "t.csv",
        "",
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_table_in_many_guises(case, written):
    content, name, note = SAME[case]
    table = read_table(written(content, name), columns=["id", "time", "y"])
    assert cells(table) == ROWS
    assert table.source.rows == 4
    assert note in "; ".join(table.source.notes)
    assert bool(table.source.notes) == bool(note)


REFUSED = {
    "empty": (b"", "file is empty"),
    "spaces only": (b"  \n\n \t\n", "empty: only blank lines, no header"),
    "header only": (b"id,time,y\n", "header but no data rows"),
    "missing column": (b"id,time,Y2\na,0,1\n", "column y is not in the file"),
    "duplicate name": (b"id,time,y,y\na,0,1,2\n", "duplicate column name y: columns 3 and 4"),
    "duplicate after trimming": (b"id,time,y, y\na,0,1,2\n", "duplicate column name y"),
    "html": (b"\n <!DOCTYPE HTML><p>log in, please</p>\n", r"web page \(HTML\).*id, time, y"),
    "xlsx": (b"PK\x03\x04rest", "spreadsheet"),
    "bzip2": (b"BZh91AY", "bzip2"),
    "latin-1": ("id,time,y\na,0,1\nZoë,0,1\n".encode("latin-1"), "UTF-8: line 3, byte 18.*0xEB"),
    "utf-16 without mark": (PLAIN.encode("utf-16-le"), "zero bytes"),
    "field too many": (b"id,time,y\na,0,1\nb,0,1,9\n", r"line 3 \(data row 2\) has 4 fields"),
    "field too few": (b"id,time,y\na,0,1\n\nb,0\n", r"line 4 \(data row 2\) has 2 fields"),
    "trailing column with a value": (b"id,time,y\na,0,1,\nb,0,1,7\n", "line 3"),
    "open quote": (b'id,time,y\na,0,1\n"b,0,1\nc,0,1\n', r"line 3 \(data row 2\).*quotes"),
    "text after quote": (b'id,time,y\n"a"x,0,1\n', "line 2.*quotes"),
    "open quote in the header": (b'"id,time,y\na,0,1\n', "header cannot be read"),
    "cut utf-16": (PLAIN.encode("utf-16")[:-1], "the text is not UTF-16"),
    "long field": (b"id,time,y\n" + b"x" * 200_000 + b",0,1\n", "line 2.*longer than the limit"),
    "cut gzip": (gzip.compress(PLAIN.encode() * 50)[:-12], "gzip file is truncated"),
    "damaged gzip": (gzip.compress(PLAIN.encode())[:15] + b"\x00" * 40, "gzip file is truncated"),
    "empty in gzip": (gzip.compress(b""), "empty"),
    "cut parquet": (b"PAR1" + b"\x00" * 50, "Parquet file is truncated or corrupt"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused(case, written):
    content, message = REFUSED[case]
    with pytest.raises(DataError, match=message) as refusal:
        read_table(written(content), columns=["id", "time", "y"])
    assert all(problem.where.endswith("table.csv") for problem in refusal.value.problems)


def test_line_numbers_count_the_lines_inside_quotes(written):
    path = written('id,y\n"two\nlines",1\n"three\r\nlines\nhere",2\nbad\n')
    with pytest.raises(DataError, match=r"line 7 \(data row 3\) has 1 field "):
        read_table(path)


def test_a_fault_far_down_is_still_named_by_its_line(written):
    lines = [f"g{i},{i}" for i in range(60_000)]
    lines[59_990] += ",extra"
    with pytest.raises(DataError, match=r"line 59992 \(data row 59991\)"):
        read_table(written("id,y\n" + "\n".join(lines)))


def test_quoted_cells_keep_every_character(written):
    labels = ['say "hi", x', "two\nlines", " padded ", "=1+1", "007", "9007199254740993"]
    quoted = "".join('"{}",1\n'.format(label.replace('"', '""')) for label in labels)
    table = read_table(written("id,y\n" + quoted))
    assert table.frame["id"].tolist() == labels


def test_the_digest_is_of_the_bytes_of_the_file(written):
    content = gzip.compress(PLAIN.encode())
    source = read_table(written(content, "t.csv.gz")).source
    assert source.sha256 == hashlib.sha256(content).hexdigest()
    assert (source.file, source.delimiter, source.encoding) == ("t.csv.gz", ",", "utf-8")


def test_only_wanted_columns_are_kept_in_the_order_asked_for(written):
    table = read_table(written(PLAIN), columns=["y", "id"])
    assert list(table.frame.columns) == ["y", "id"]
    assert table.available == ("id", "time", "y")


def test_a_duplicate_that_nobody_needs_is_only_noted(written):
    table = read_table(written("id,y,x,x\na,1,2,3\n"), columns=["id", "y"])
    assert "more than once are not used: x" in table.source.notes[0]


def test_missing_columns_are_listed_once_with_the_nearest_name(written):
    header = ",".join(["Weight", *(f"v{i}" for i in range(100))])
    path = written(header + "\n" + ",".join("1" * 101) + "\n")
    with pytest.raises(DataError) as refusal:
        read_table(path, columns=["weight", "elsewhere"])
    text = str(refusal.value)
    assert "column weight is not in the file; did you mean Weight?" in text
    assert "column elsewhere is not in the file" in text
    assert text.count("The columns are") == 1
    assert "v18 and 81 more" in text and "v19" not in text


def test_a_hundred_thousand_columns_do_not_matter(written):
    count = 100_000
    header = ",".join(f"v{i}" for i in range(count))
    row = ",".join("1" * count)
    table = read_table(written(f"id,y,{header}\na,2.5,{row}\nb,3.5,{row}\n"), columns=["y", "id"])
    assert cells(table) == [("2.5", "a"), ("3.5", "b")]


def test_declared_encoding_delimiter_and_decimal_mark(written):
    content = "id~y\nZoë~2,5\nØst~3\n".encode("latin-1")
    table = read_table(written(content), delimiter="~", encoding="latin-1", decimal=",")
    assert table.frame["id"].tolist() == ["Zoë", "Øst"]
    assert table.source.decimal == ","
    assert table.source.notes == ("delimiter: ~", "encoding: iso8859-1", "decimal mark: comma")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "klingon"}, "encoding 'klingon' is not known"),
        ({"encoding": "rot13"}, "not known"),
        ({"delimiter": "::"}, "delimiter '::' cannot"),
        ({"delimiter": '"'}, "cannot separate"),
        ({"decimal": "'"}, "decimal mark"),
    ],
)
def test_impossible_options_are_refused(written, options, message):
    with pytest.raises(DataError, match=message):
        read_table(written(PLAIN), **options)


@pytest.mark.parametrize("declared", ["utf-8", "UTF8", "utf-8-sig"])
def test_a_declared_encoding_may_come_with_its_mark(written, declared):
    table = read_table(written(PLAIN.encode("utf-8-sig")), encoding=declared)
    assert cells(table) == ROWS and table.available[0] == "id"


def test_a_byte_that_the_declared_encoding_lacks_is_named(written):
    with pytest.raises(DataError, match="not CP1252: line 2, byte 5, holds 0x81"):
        read_table(written(b"id,y\n\x81,1\n"), encoding="cp1252")


def test_an_encoding_that_the_mark_contradicts_is_refused(written):
    with pytest.raises(DataError, match="begins with the mark of UTF-8"):
        read_table(written(PLAIN.encode("utf-8-sig")), encoding="latin-1")


def test_the_header_decides_the_delimiter_not_the_cells(written):
    table = read_table(written('id;"a,b,c,d";y\nx;1;2\n'), columns=["id", "y"])
    assert cells(table) == [("x", "2")]


def test_no_such_file_and_a_folder(tmp_path: Path):
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path)


def test_decompression_stops_at_the_limit(written, monkeypatch):
    monkeypatch.setattr("lmm.ingest.content.MAX_TEXT_BYTES", 3 * 2**20)
    bomb = gzip.compress(PLAIN.encode() + b"a1,0,1\n" * 10**6)
    with pytest.raises(DataError, match="too large: its text exceeds the limit of 3 MiB"):
        read_table(written(bomb, "t.csv.gz"))


def test_rows_stop_at_the_limit(written, monkeypatch):
    monkeypatch.setattr("lmm.ingest.text_table.MAX_ROWS", 3)
    with pytest.raises(DataError, match="the limit is 3 rows"):
        read_table(written(PLAIN))
