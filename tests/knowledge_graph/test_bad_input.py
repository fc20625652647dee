"""Files that cannot be imported: one clear sentence each, and nothing of them is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

from core.errors import InputError
from knowledge_graph.ingest.importer import import_file

pytestmark = pytest.mark.unit

DAY = date(2026, 5, 1)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def locked() -> bytes:
    out = io.BytesIO()
    plain = io.BytesIO(workbook([["品名", "价格"], ["笋干", 5]]))
    from msoffcrypto.format.ooxml import OOXMLFile

    OOXMLFile(plain).encrypt("secret", out)
    return out.getvalue()


def not_a_workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    return out.getvalue()


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.csv", lambda: b"", "import.empty"),
    ("blank.xlsx", lambda: workbook([[]]), "import.empty"),
    ("blank.csv", lambda: b",,,\n,,\n", "import.empty"),
    ("headings.csv", lambda: "品名,价格,库存\n".encode(), "import.no_products"),
    ("titled.csv", lambda: "王家铺子\n全店包邮\n货名,卖价,净重,产地\n".encode(), "import.no_products"),
    ("counted.csv", lambda: "品名,价格,库存,产地\n合计,,0,\n".encode(), "import.no_products"),
    ("upright.xlsx", lambda: workbook([["品名"], ["价格"], ["库存"], ["产地"]]), "import.no_products"),
    ("labels.csv", lambda: "价格,净重,产地,保质期\n".encode(), "import.no_product_column"),
    ("prose.csv", lambda: "今天天气很好\n我们去赶场\n".encode(), "import.no_product_column"),
    ("numbers.csv", lambda: b"1,2,3\n4,5,6\n", "import.no_product_column"),
    ("locked.xlsx", locked, "import.password"),
    ("old.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "import.old_format"),
    ("cut.xlsx", lambda: workbook([["品名", "价格"], ["笋干", 5]])[:900], "import.damaged"),
    ("zip.xlsx", not_a_workbook, "import.not_a_workbook"),
    ("wide.csv", lambda: ("品名" + "," * 1_000_000 + "\n").encode(), "import.too_wide"),
    ("binary.csv", lambda: bytes(range(256)) * 8, "import.bad_encoding"),
    ("latin.csv", lambda: "品名".encode() + b"\xff\xfe\xfd\xfc\x81", "import.bad_encoding"),
    ("broken.jsonld", lambda: b'{"@graph": [', "import.bad_json"),
    (
        "other.jsonld",
        lambda: b'{"@context": "https://schema.org", "@type": "Person", "name": "x"}',
        "import.no_products",
    ),
    ("deep.jsonld", lambda: b"[" * 200_000, "import.bad_json"),
]


@pytest.mark.parametrize(("name", "content", "code"), BAD, ids=[b[0] for b in BAD])
def test_one_clear_sentence(name: str, content: Callable[[], bytes], code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content())
    with pytest.raises(InputError) as caught:
        import_file(path, DAY)
    assert caught.value.code.startswith(code)
    assert name in caught.value.message
    assert caught.value.message.count("。") == 1


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with open(path, "wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(InputError) as caught:
        import_file(path, DAY)
    assert caught.value.code == "import.too_large"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        import_file(tmp_path / "没有.xlsx", DAY)
    assert "没有.xlsx" in caught.value.message


def test_control_characters_never_become_part_of_a_fact(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("品名,价格,卖点\n笋\x07干\u200b\u202e,5\x00,脆\x1b[31m嫩\n".replace("\x00", "").encode())
    preview = import_file(path, DAY)
    texts = "".join(str(f.value) for f in preview.facts)
    assert preview.products == ("笋干",)
    assert not any(ord(c) < 32 or c in "\u200b\u202e" for c in texts)


def test_locked_files_are_told_by_the_library_that_made_them() -> None:
    assert msoffcrypto.OfficeFile(io.BytesIO(locked())).is_encrypted()


def test_a_lost_cell_is_reported_at_its_place_and_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows: list[list[object]] = [["品名", "价格", "库存"], ["笋干", "=#REF!", "=B9*2"], ["腊肉", 35, 8]]
    path.write_bytes(workbook(rows))
    preview = import_file(path, DAY)
    assert {f.property.value for f in preview.facts if f.product == "笋干"}.isdisjoint({"price", "stock"})
    assert {p.column for p in preview.problems if p.row == 2} >= {"价格", "库存"}
