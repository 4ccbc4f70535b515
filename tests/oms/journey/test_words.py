import string
from uuid import UUID

import pytest

from oms import wiring
from oms.journey import words
from oms.journey.languages import Language
from oms.journey.words import INTERNAL, Fact
from oms.kernel import ids
from oms.kernel.events import Event

PLACE = UUID("01990000-0000-7000-8000-000000000001")
PLACES = {PLACE: "Shinkiba"}

FILLERS = {"amount", "units", "at", "places", "cause", "findings", "by"}
FOR_SHOPPERS = {"amount", "units", "at", "carrier", "tracking_number", "number", "by"}
"""What a shopper may read: no places of work, no reasons that are ours."""


def told() -> dict[str, type[Event]]:
    """Every fact that can be part of an order's story."""
    assert wiring.SUBSCRIPTIONS
    hidden = (*INTERNAL, "test.")
    return {name: kind for name, kind in Event.known.items() if not name.startswith(hidden)}


def every_form():
    return [
        (name, audience, form)
        for name, top in words.catalogue().items()
        for one in (top, *top.cases.values())
        for audience, form in (("shopper", one.shopper), ("staff", one.staff))
        if form is not None
    ]


def placeholders(form):
    texts = [form.of(language) for language in Language]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_fact_has_words_and_every_word_a_fact():
    assert set(words.catalogue()) == set(told())


def test_staff_can_read_every_fact_and_both_languages_say_the_same():
    for name, words_of in words.catalogue().items():
        assert words_of.staff, name
        assert words_of.icon, name
    for name, _, form in every_form():
        english, japanese = (
            {part for _, part, _, _ in string.Formatter().parse(form.of(language)) if part}
            for language in Language
        )
        assert english == japanese, name


def test_sentences_ask_only_for_what_the_fact_says():
    for name, _, form in every_form():
        assert placeholders(form) <= FILLERS | set(told()[name].model_fields), name


def test_shoppers_are_told_nothing_that_is_ours():
    for name, audience, form in every_form():
        if audience == "shopper":
            assert placeholders(form) <= FOR_SHOPPERS, name


def test_cases_are_about_fields_the_fact_has():
    for name, words_of in words.catalogue().items():
        for condition in words_of.cases:
            assert condition.partition("=")[0] in told()[name].model_fields, name


@pytest.mark.parametrize(
    ("name", "data", "english", "japanese"),
    [
        ("order.placed", {}, "We received your order.", "ご注文を承りました。"),
        (
            "shipment.shipped",
            {
                "carrier": "yamato",
                "tracking_number": "4011-2233",
                "lines": [{"quantity": 2}, {"quantity": 1}],
            },
            "3 items shipped with Yamato Transport, tracking number 4011-2233.",
            "3点を発送しました（ヤマト運輸、お問い合わせ番号 4011-2233）。",
        ),
        (
            "shipment.tracked",
            {"status": "out_for_delivery", "place": "Kobe"},
            "Your parcel is out for delivery (Kobe).",
            "荷物をお届けに向かっています（Kobe）。",
        ),
        (
            "shipment.tracked",
            {"status": "in_transit", "place": None},
            "Your parcel is on its way.",
            "荷物を輸送しています。",
        ),
        (
            "payment.captured",
            {"amount": 1980, "currency": "JPY"},
            "¥1,980 was charged.",
            "￥1,980のお支払いが確定しました。",
        ),
        (
            "refund.processed",
            {"amount": 1234, "currency": "GBP"},
            "£12.34 was refunded.",
            "£12.34を返金しました。",
        ),
        (
            "order.cancelled",
            {"whole": False, "reason": "customer", "lines": [{"quantity": 1}]},
            "1 item cancelled.",
            "1点をキャンセルしました。",
        ),
        (
            "order.cancelled",
            {"whole": True, "reason": "inventory", "lines": []},
            "Your order was cancelled because we ran out of stock. We are sorry.",
            "在庫切れのため、ご注文をキャンセルしました。申し訳ございません。",
        ),
        (
            "return.inspected",
            {"refund_amount": 0, "currency": "JPY"},
            "We checked your return.",
            "返品された商品を確認しました。",
        ),
    ],
)
def test_a_shopper_reads_plain_sentences(name, data, english, japanese):
    fact = Fact(name, data)

    assert words.shopper(fact, Language.EN) == english
    assert words.shopper(fact, Language.JA) == japanese


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("order.routed", {"picks": []}),
        ("fulfillment_order.rejected", {"reason": "damaged"}),
        ("payment.capture_failed", {}),
        ("shipment.tracked", {"status": "label_created"}),
        ("shipment.tracked", {"status": "unknown"}),
        ("webhook_endpoint.created", {}),
        ("nobody.knows", {}),
    ],
)
def test_what_does_not_concern_a_shopper_is_not_told_them(name, data):
    assert words.shopper(Fact(name, data), Language.EN) is None


@pytest.mark.parametrize(
    ("name", "data", "english"),
    [
        (
            "order.placed",
            {"total_amount": 1980, "currency": "JPY", "lines": [{"quantity": 2}]},
            "Order placed: 2 items, ¥1,980. Stock is promised.",
        ),
        (
            "order.routed",
            {"picks": [{"location_id": str(PLACE)}] * 2, "parcels": 1, "cause": "placed"},
            "Stock promised at Shinkiba (at placing).",
        ),
        (
            "order.routed",
            {"picks": [], "parcels": 0, "cause": "rejected:FO-100001"},
            "No location can ship this now (after a rejection).",
        ),
        (
            "fulfillment_order.rejected",
            {
                "number": "FO-1",
                "location_id": str(PLACE),
                "reason": "inventory_out_of_stock",
                "lines": [{"quantity": 1}],
            },
            "FO-1: 1 item rejected by Shinkiba (not on the shelf).",
        ),
        (
            "return.inspected",
            {
                "number": "RMA-1",
                "findings": [
                    {
                        "location_id": str(PLACE),
                        "sku": "CUP",
                        "quantity": 2,
                        "disposition": "restocked",
                    }
                ],
                "refund_amount": 500,
                "currency": "GBP",
            },
            "RMA-1: inspected at Shinkiba: 2 × CUP restocked. Refund £5.00.",
        ),
        ("nobody.knows", {}, "nobody.knows"),
    ],
)
def test_staff_read_places_and_reasons(name, data, english):
    assert words.staff(Fact(name, data), Language.EN, PLACES) == english


def test_what_a_fact_does_not_say_is_a_dash():
    fact = Fact("payment.declined", {"reason": None})

    assert words.staff(fact, Language.EN, {}) == "– declined: –."


def test_braces_in_what_people_wrote_are_only_braces():
    fact = Fact("shipment.delivered", {"place": "{amount.__class__}", "lines": []})

    assert words.shopper(fact, Language.EN) == "Delivered ({amount.__class__}): 0 items."


def test_a_long_list_of_places_is_cut():
    picks = [{"location_id": str(ids.new())} for _ in range(50)]
    fact = Fact("order.routed", {"picks": picks, "parcels": 50, "cause": "placed"})

    assert words.staff(fact, Language.EN, {}).count(",") == words.MAX_PARTS


def test_a_new_date_is_told_as_a_day():
    fact = Fact(
        "order.promise_changed",
        {"expected_at": "2026-12-24T16:00:00+00:00", "lines": [{"quantity": 2}]},
    )
    assert words.shopper(fact, Language.JA) == (
        "2点の入荷が遅れています。2026年12月25日までに入荷の見込みです。"
    )
    assert "24 Dec 2026" in words.shopper(fact, Language.EN)
