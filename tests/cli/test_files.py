"""`oms import` and `oms export`, as people at a terminal use them."""

import json

from inventory.catalog import queries
from oms.kernel import db
from tests.drain import drain
from tests.oms.channels.imports.files import received

ITEMS = "sku,name\nCUP,A cup\nPOT,\n"


async def test_a_file_is_imported_and_what_is_wrong_with_it_is_shown(oms, tmp_path):
    file = tmp_path / "spring.csv"
    file.write_text(ITEMS)

    judged = await oms("import", "items", str(file), "--dry-run")
    done = await oms("import", "items", str(file), "--mode", "row_by_row")

    assert (judged.exit_code, done.exit_code) == (1, 1)
    assert "done: 1 would be added, 0 would be changed" in judged.out
    assert "done: 1 added, 0 changed, 0 unchanged, 1 refused" in done.out
    assert "3     name    missing  an item that is added needs a name" in done.out
    async with db.transaction() as session:
        assert (await queries.card(session, sku="CUP")).name == "A cup"
    await drain()


async def test_what_is_exported_is_imported_again_without_a_change(oms, tmp_path):
    async with db.transaction() as session:
        await received(session, "items.csv", "sku,name\nCUP,湯呑み\n")
    await drain()
    file, lines = tmp_path / "items.csv", tmp_path / "items.ndjson"

    assert (await oms("export", "items", str(file), "--charset", "cp932")).exit_code == 0
    assert (await oms("export", "items", str(lines))).exit_code == 0

    assert "湯呑み" in file.read_text(encoding="cp932")
    assert json.loads(lines.read_text())["name"] == "湯呑み"
    for one in (file, lines):
        again = await oms("import", "items", str(one), "--mode", "all_or_nothing")
        assert again.exit_code == 0
        assert "0 added, 0 changed, 1 unchanged, 0 refused" in again.out


async def test_what_cannot_be_imported_is_told_in_one_line(oms, tmp_path):
    file = tmp_path / "spring.csv"
    file.write_text(ITEMS)
    bad = {
        ("items", str(tmp_path / "none.csv")): "there is no file",
        ("orders", str(file)): "There is no such file.",
        ("items", str(file), "--mode", "fast"): "there is no mode fast; there are all_or_nothing",
        ("items", str(file), "--charset", "latin"): "Files are read and written in UTF-8",
        ("levels", str(file)): "The first line must name the columns",
    }
    for arguments, told in bad.items():
        result = await oms("import", *arguments)
        assert (result.exit_code, told in result.err) == (1, True), result.err
        assert result.err.count("\n") == 1
