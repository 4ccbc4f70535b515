"""Taxes by rate, rounded where and how the seller does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.orders import taxes, totals
from oms.orders.models import OrderLine
from oms.orders.taxes import Rounding, Taxed, TaxesDisagree, Taxing, TaxPer
from oms.orders.totals import Charges, Fee, Priced, TaxRatesMissing, TotalsDisagree

FOOD, OTHER = 800, 1000
TAXINGS = st.builds(Taxing, st.booleans(), st.sampled_from(TaxPer), st.sampled_from(Rounding))


@pytest.mark.parametrize(
    ("rounding", "tax"),
    [("down", 12), ("half_up", 13), ("half_even", 12), ("up", 13)],
)
def test_the_part_of_a_yen_goes_where_the_seller_says(rounding, tax):
    assert Taxing(rounding=Rounding(rounding)).of(125, OTHER) == tax


def test_a_tax_that_prices_include_is_a_part_of_them():
    assert Taxing(included=True).of(1100, OTHER) == 100
    assert Taxing(included=True).of(1080, FOOD) == 80


def test_once_per_rate_is_not_once_per_line():
    three = [Taxed(99, FOOD)] * 3

    assert taxes.of_each(three, Taxing(per=TaxPer.LINE)) == [7, 7, 7]
    assert taxes.of_each(three, Taxing(per=TaxPer.RATE)) == [8, 8, 7]


def test_an_order_of_two_rates_with_shipping_and_a_fee():
    charges = Charges(
        0, 500, None, 3410,
        fees=[Fee(330, OTHER)],
        shipping_tax_rate=OTHER,
        taxing=Taxing(included=True),
        taxes={OTHER: 225, FOOD: 68},
    )  # fmt: skip

    sums = totals.spread([Priced(550, 3, tax_rate=OTHER), Priced(930, 1, tax_rate=FOOD)], charges)

    assert sums.taxes == [
        {"rate": OTHER, "taxable": 2480, "tax": 225}, {"rate": FOOD, "taxable": 930, "tax": 68},
    ]  # fmt: skip
    assert sums.tax == 293 == sum(share.tax + share.charges_tax for share in sums.lines)
    assert [share.tax for share in sums.lines] == [150, 68]
    assert [share.fees for share in sums.lines] == [211, 119]


def test_a_wrong_tax_is_refused_with_what_differs():
    with pytest.raises(TaxesDisagree) as refusal:
        totals.spread(
            [Priced(99, 3, tax_rate=FOOD)], Charges(0, 0, None, 320, taxes={FOOD: 21, OTHER: 2})
        )

    assert refusal.value.rates == [
        {"rate": OTHER, "taxable": 0, "computed": 0, "stated": 2, "difference": 2},
        {"rate": FOOD, "taxable": 297, "computed": 23, "stated": 21, "difference": -2},
    ]
    with pytest.raises(TotalsDisagree) as wrong:
        totals.spread([Priced(99, 3, tax_rate=FOOD)], Charges(0, 0, 22, 319))
    assert (wrong.value.tax, wrong.value.stated_tax, wrong.value.difference) == (23, 22, -1)


def test_where_one_amount_has_a_rate_all_have():
    with pytest.raises(TaxRatesMissing) as refusal:
        totals.spread(
            [Priced(99, 1, tax_rate=FOOD), Priced(1, 1)], Charges(0, 9, None, 0, fees=[Fee(5)])
        )

    assert refusal.value.pointers == [
        "/lines/1/tax_rate", "/shipping_tax_rate", "/fees/0/tax_rate",
    ]  # fmt: skip


@st.composite
def rated(draw):
    """Return the lines of an order with rates, and its charges but for the total."""
    rates, amounts = st.sampled_from([0, FOOD, OTHER, 2175]), st.integers(0, 10**9)
    lines = [
        Priced(draw(amounts), draw(st.integers(1, 5)), 0, draw(rates))
        for _ in range(draw(st.integers(1, 4)))
    ]
    goods = sum(line.goods for line in lines)
    given = {"fees": [Fee(draw(amounts), draw(rates))], "shipping_tax_rate": draw(rates)}
    return lines, draw(st.integers(0, goods)), draw(amounts), {**given, "taxing": draw(TAXINGS)}


@given(rated())
def test_units_of_lines_with_rates_sum_to_the_total(order):
    lines, discount, shipping, given_ = order
    goods = sum(line.goods for line in lines)
    before_tax = goods - discount + shipping + given_["fees"][0].amount
    taxing = given_["taxing"]
    try:
        sums = totals.spread(lines, Charges(discount, shipping, None, before_tax, **given_))
    except TotalsDisagree as refusal:
        total = refusal.computed_total
        sums = totals.spread(lines, Charges(discount, shipping, None, total, **given_))
    total = before_tax + (0 if taxing.included else sums.tax)
    rows = [
        OrderLine(
            ordered=line.quantity, goods_amount=share.goods, discount_amount=share.discount,
            shipping_amount=share.shipping, fees_amount=share.fees, tax_amount=share.tax,
            charges_tax_amount=share.charges_tax, tax_included=taxing.included,
        )
        for line, share in zip(lines, sums.lines, strict=True)
    ]  # fmt: skip

    units = [totals.of_units(row, first=n, count=1) for row in rows for n in range(row.ordered)]

    assert sum(units) == total
    assert sum(one["tax"] for one in sums.taxes) == sums.tax
