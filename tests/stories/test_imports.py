"""Imports over HTTP: a file goes in, is worked off, and every row is told of."""

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from oms.accounts import credentials
from oms.accounts.models import Role
from oms.channels.imports.rows import CHUNK_ROWS
from oms.kernel import db
from tests.drain import drain

ITEMS = """sku,name,name:ja,identifiers,packs,components,weight_grams
CUP,A cup,湯呑み,4901234567894; supplier:Arita:X-1=case,case=12,,120
A-PAIR,Two cups,,,,CUP=2,
POT,A pot,,4901234567890,,,
"""
LEVELS = "sku,location,on_hand\nCUP,TYO,9\nCUP,OSA,9\n"


async def send(shop, file_name, body, *, who="manager", key=None, query=""):
    """Send a file without working it off."""
    return await shop.client.post(
        f"/v1/imports/{file_name}{query}",
        content=body if isinstance(body, bytes) else body.encode(),
        headers={
            "authorization": f"Bearer {await shop.token(who)}",
            "idempotency-key": key or uuid4().hex,
        },
    )


async def imported(shop, file_name, body, *, query="", who="manager"):
    """Send a file, work it off, and return how it ended."""
    answer = await send(shop, file_name, body, query=query, who=who)
    assert answer.status_code == 202, answer.text
    await drain()
    return await shop.do("manager", "GET", f"/imports/{answer.json()['id']}")


async def errors(shop, run, form="ndjson"):
    answer = await shop.ask("manager", "GET", f"/imports/{run['id']}/errors?format={form}")
    return [json.loads(line) for line in answer.text.splitlines()]


def counts(run):
    return {name: run[name] for name in ("added", "changed", "unchanged", "refused")}


async def test_items_are_imported_and_refused_rows_told_by_line_and_column(shop):
    run = await imported(shop, "items.csv", ITEMS)

    assert (run["status"], run["rows"], run["done"]) == ("done", 3, 3)
    assert counts(run) == {"added": 2, "changed": 0, "unchanged": 0, "refused": 1}
    [wrong] = await errors(shop, run)
    assert (wrong["line"], wrong["column"]) == (4, "identifiers")
    cup = await shop.do("manager", "GET", "/items/CUP")
    assert (cup["names"], cup["weight_grams"]) == ({"ja": "湯呑み"}, 120)
    supplier = {"kind": "supplier", "value": "X-1", "supplier": "Arita", "pack": "case"}
    assert supplier in cup["identifiers"]


async def test_what_was_exported_is_imported_without_a_change(shop):
    await shop.open(stock={"BOWL": {"TYO": 5, "OSA": 3}})
    await imported(shop, "items.csv", ITEMS)
    kept = {
        "location_id": shop.places["OSA"],
        "reason": "safety_stock",
        "lines": [{"sku": "BOWL", "safety_stock": 2}],
    }
    await shop.do("OSA", "POST", "/stock/adjustments", kept)

    for name in ("items", "locations", "levels", "safety_stocks"):
        for form in ("csv", "ndjson"):
            file = await shop.ask("manager", "GET", f"/exports/{name}.{form}")
            run = await imported(shop, f"{name}.{form}", file.content)
            rows = run["rows"]
            assert rows > 0
            assert await errors(shop, run) == []
            assert counts(run) == {"added": 0, "changed": 0, "unchanged": rows, "refused": 0}
            again = await shop.ask("manager", "GET", f"/exports/{name}.{form}")
            assert again.content == file.content
    await shop.verified()


async def test_levels_are_set_row_by_row_in_the_name_of_who_sent_them(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    body = (
        "sku\tlocation\ton_hand\tchange_from\r\nCUP\tTYO\t8\t5\r\nCUP\tTYO\t9\t5\r\n"
        "CUP\tOSA\t4.0\t\r\nNONE\tOSA\t1\t\r\nCUP\tKIX\t1\t\r\nCUP\tOSA\t-1\t\r\nCUP\tOSA\t3\t\tx"
    )

    run = await imported(shop, "levels.csv", body)

    assert counts(run) == {"added": 0, "changed": 2, "unchanged": 0, "refused": 5}
    assert [(one["line"], one["column"], one["code"]) for one in await errors(shop, run)] == [
        (3, "change_from", "change_from_stale"),
        (5, "sku", "unknown_sku"),
        (6, "location", "unknown_location"),
        (7, "on_hand", "greater_than_equal"),
        (8, "", "not_a_row"),
    ]
    assert await shop.available("CUP") == 12
    told = await shop.do("manager", "GET", "/stock/movements?sku=CUP")
    assert {(one["actor"], one["reference"]) for one in told["movements"][:2]} == {
        ("staff:manager", "import")
    }
    report = await shop.ask("manager", "GET", f"/imports/{run['id']}/errors?format=csv")
    assert report.text.splitlines()[:2] == [
        "line,column,code,detail",
        '3,change_from,change_from_stale,"on_hand is 8, not 5"',
    ]
    await shop.verified()


async def test_a_dry_run_tells_what_would_be_and_writes_nothing(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    body = "sku,location,on_hand\nCUP,TYO,9\nCUP,OSA,1\nPOT,OSA,1\n"

    for mode in ("row_by_row", "all_or_nothing"):
        run = await imported(shop, "levels.csv", body, query=f"?dry_run=true&mode={mode}")
        assert (run["status"], run["dry_run"]) == ("done", True)
        assert counts(run) == {"added": 0, "changed": 2, "unchanged": 0, "refused": 1}
        assert len(await errors(shop, run)) == 1

    assert await shop.available("CUP") == 5
    await shop.verified()


async def test_all_or_nothing_writes_nothing_when_a_row_is_refused(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    bad = "sku,location,on_hand\nCUP,TYO,9\nPOT,OSA,1\n"

    run = await imported(shop, "levels.csv", bad, query="?mode=all_or_nothing")

    assert (run["status"], run["refused"], run["changed"]) == ("failed", 1, 0)
    assert "nothing was written" in run["reason"]
    assert await shop.available("CUP") == 5
    run = await imported(
        shop, "levels.csv", bad.replace("POT", "CUP"), query="?mode=all_or_nothing"
    )
    assert (run["status"], run["changed"]) == ("done", 2)
    assert await shop.available("CUP") == 10
    await shop.verified()


async def test_files_of_japanese_systems_are_read(shop):
    body = "code,name,city,country,postal_code\nTYO,東京〜倉庫,千代田区,JP,100-0001\n"

    run = await imported(shop, "locations.csv", body.encode("cp932", errors="replace"))

    assert (run["charset"], counts(run)["added"]) == ("cp932", 1)
    [place] = (await shop.do("manager", "GET", "/locations"))["locations"]
    assert (place["city"], place["latitude"] > 30) == ("千代田区", True)


async def test_the_same_key_imports_once_and_another_file_under_it_is_refused(shop):
    key = uuid4().hex
    body = "sku,name\nCUP,A cup\n"

    first = await send(shop, "items.csv", body, key=key)
    again = await send(shop, "items.csv", body, key=key)
    other = await send(shop, "items.csv", body + "POT,A pot\n", key=key)
    judged = await send(shop, "items.csv", body, key=key, query="?dry_run=true")

    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert {one.json()["code"] for one in (other, judged)} == {"idempotency_key_reused"}
    assert len((await shop.do("manager", "GET", "/imports"))["imports"]) == 1


BAD = [
    ("orders.csv", "a,b\n", 404, "unknown_file"),
    ("items.csv", "", 422, "wrong_columns"),
    ("items.csv", "name\nA cup\n", 422, "wrong_columns"),
    ("items.csv", "sku,colour\nCUP,red\n", 422, "wrong_columns"),
    ("items.csv", 'sku,name\nCUP,"A cup\n', 422, "not_csv"),
    ("items.csv", b"sku,name\nCUP,\xff\xfe\xa0\n", 422, "not_text"),
    ("items.csv", "sku,name\nCUP,A cup\n".encode("utf-16"), 422, "not_text"),
    ("items.csv", "sku,name\nCUP," + "x" * 100_001, 422, "line_too_long"),
    ("items.csv?charset=latin-9", "sku\nCUP\n", 422, "unknown_charset"),
    ("items.csv?mode=all_or_nothing", "sku\n" + "CUP\n" * 10_001, 422, "too_many_rows"),
    ("items.csv?charset=utf-8", "sku,name\nCUP,湯\n".encode("cp932"), 422, "not_text"),
]


@pytest.mark.parametrize(("name", "body", "status", "code"), BAD)
async def test_files_that_are_none_are_refused_before_anything_is_kept(
    shop, name, body, status, code
):
    answer = await send(shop, name, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await shop.do("manager", "GET", "/imports"))["imports"] == []


async def test_lines_that_are_no_rows_are_refused_one_by_one(shop):
    lines = ["{", "[]", '"CUP"', "null", "[" * 50_000, '{"sku": "CUP", "name": "A cup", "x": 1}']
    lines += ['{"sku": "CUP", "name": "A cup"}']

    run = await imported(shop, "items.ndjson", "\n".join(lines))

    assert counts(run) == {"added": 1, "changed": 0, "unchanged": 0, "refused": 6}
    assert [one["line"] for one in await errors(shop, run)] == [1, 2, 3, 4, 5, 6]


async def test_an_import_that_was_cancelled_writes_no_more(shop):
    started = (await send(shop, "items.csv", "sku,name\nCUP,A cup\n")).json()
    assert started["actions"] == ["cancel"]

    ended = await shop.do("manager", "POST", f"/imports/{started['id']}/cancel")
    await drain()

    assert (ended["status"], ended["done"], ended["actions"]) == ("cancelled", 0, [])
    again = await shop.ask("manager", "POST", f"/imports/{started['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert (await shop.do("manager", "GET", "/items"))["items"] == []
    await shop.verified()


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(shop):
    answer = await shop.client.post(
        "/v1/imports/items.csv",
        content=b"sku",
        headers={
            "authorization": f"Bearer {await shop.token('manager')}",
            "idempotency-key": uuid4().hex,
            "content-length": "100000001",
        },
    )

    assert answer.status_code == 413


async def test_who_is_bound_to_a_location_sets_no_levels_of_another(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    async with db.transaction() as session:
        places = [UUID(shop.places["TYO"])]
        made = await credentials.hire(
            session, name="Sato", roles=[Role.MANAGER], location_ids=places
        )
    shop.tokens["sato"] = made.token

    run = await imported(shop, "levels.csv", LEVELS, who="sato")

    assert counts(run) == {"added": 0, "changed": 1, "unchanged": 0, "refused": 1}
    [wrong] = await errors(shop, run)
    assert (wrong["line"], wrong["code"]) == (3, "unknown_location")
    assert await shop.available("CUP") == 14


async def test_names_in_one_language_leave_the_others_as_they_are(shop):
    await imported(shop, "items.csv", "sku,name,name:ja,name:de\nCUP,A cup,湯呑み,\n")

    run = await imported(shop, "items.csv", "sku,name:de,name:ja\nCUP,Becher,\n")

    assert counts(run)["changed"] == 1
    cup = await shop.do("manager", "GET", "/items/CUP")
    assert cup["names"] == {"de": "Becher", "ja": "湯呑み"}


async def test_what_only_the_database_refuses_ends_the_import_with_its_reason(shop):
    """What the chunks before it wrote stays, and is counted."""
    rows = "".join(f"SKU-{place},A cup\n" for place in range(CHUNK_ROWS))
    await ruled("ALTER TABLE item ADD CONSTRAINT no_pots CHECK (sku <> 'POT')")
    try:
        run = await imported(shop, "items.csv", f"sku,name\n{rows}POT,A pot\n")
    finally:
        await ruled("ALTER TABLE item DROP CONSTRAINT no_pots")

    assert (run["status"], run["added"], run["done"]) == ("failed", CHUNK_ROWS, CHUNK_ROWS)
    assert "no_pots" in run["reason"]
    await shop.verified()


async def ruled(statement):
    async with db.transaction() as session:
        await session.execute(text(statement))
