"""Opening stock fills nearly every order."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from oms.cli.demo import documents, network, stock
from oms.cli.demo.documents import Dataset, SaleInvoice, StockAdjustment
from oms.cli.demo.stock import Article, Demand
from tests.cli.demo.factories import NOON, note, sale

SHORT = {"20677", "22551", "22665", "22780", "22867"}


def dataset(*, sales=(), notes=(), adjustments=()):
    return Dataset(sales=sales, credits=notes, adjustments=adjustments, refused=())


def sellable(opening):
    units = Counter()
    for level in opening:
        units[level.sku] += level.on_hand - level.safety_stock
    return units


def test_five_good_sellers_open_short(shipped):
    short = {demand.sku for demand in stock.demands(shipped) if demand.is_short}

    assert short == SHORT


def test_every_other_sku_covers_all_that_leaves_even_above_the_safety_stock(shipped):
    units = sellable(stock.opening_stock(shipped))

    for demand in stock.demands(shipped):
        if demand.sku in SHORT:
            assert units[demand.sku] == demand.sold * 85 // 100 + demand.written_off
        else:
            assert units[demand.sku] >= demand.sold + demand.written_off


def test_first_come_first_served_refuses_twenty_one_orders(shipped):
    left = sellable(stock.opening_stock(shipped))
    refused = []
    for document in documents.timeline([*shipped.sales, *shipped.adjustments]):
        if isinstance(document, StockAdjustment):
            left[document.sku] += document.quantity
            continue
        wanted = Counter()
        for line in document.lines:
            wanted[line.sku] += line.quantity
        if wanted <= left:
            left -= wanted
        else:
            refused.append(document)

    assert len(refused) == 21
    assert all(isinstance(document, SaleInvoice) for document in refused)
    assert {line.sku for document in refused for line in document.lines} >= SHORT


def test_no_unit_is_lost_when_a_sku_is_spread(shipped):
    opened = Counter()
    for level in stock.opening_stock(shipped):
        opened[level.sku] += level.on_hand

    for demand in stock.demands(shipped):
        if demand.sku not in SHORT:
            margin = max(8, demand.sold * 6 // 10)
            assert opened[demand.sku] == demand.sold + demand.written_off + margin


def test_the_shipped_opening_stock_in_sums(shipped):
    opening = stock.opening_stock(shipped)

    assert len(opening) == 12_610
    assert sum(level.on_hand for level in opening) == 407_269
    assert {level.location_code for level in opening} == {each.code for each in network.LOCATIONS}
    assert len({(level.location_code, level.sku) for level in opening}) == len(opening)
    assert all(level.on_hand > 0 for level in opening)
    assert all(0 <= level.safety_stock <= level.on_hand for level in opening)


def test_what_is_written_off_stands_where_it_will_be_written_off(shipped):
    plain = {
        (level.location_code, level.sku): level.on_hand
        for level in stock.opening_stock(replace(shipped, adjustments=()))
    }
    doomed = Counter()
    for level in stock.opening_stock(shipped):
        doomed[level.sku] += level.on_hand - plain.get((level.location_code, level.sku), 0)
        if level.location_code != "WH-NORTHAMPTON" and (level.location_code, level.sku) in plain:
            assert level.on_hand == plain[level.location_code, level.sku]

    for demand in stock.demands(shipped):
        if demand.sold:
            assert doomed[demand.sku] == demand.written_off


def test_demand_is_what_is_sold_and_written_off():
    gone = StockAdjustment("536589", NOON, "22632", -10, None)
    told = dataset(
        sales=(sale("536365", ("85123A", 6), ("85123A", 2)), sale("536366", ("85123A", 1))),
        adjustments=(gone,),
    )

    assert stock.demands(told) == (Demand("22632", 0, 10), Demand("85123A", 9, 0))


def test_an_article_has_its_most_frequent_name_and_price():
    gone = StockAdjustment("536589", NOON + timedelta(days=1), "22632", -10, "damages")
    told = dataset(
        sales=(sale("536365", ("85123A", 6)),),
        notes=(note("C536400", ("84347", 9360)),),
        adjustments=(gone,),
    )

    assert stock.articles(told) == (
        Article("22632", "22632", 0),
        Article("84347", "LANTERN", 255),
        Article("85123A", "LANTERN", 255),
    )


def test_every_sku_of_the_file_is_an_article(shipped):
    articles = stock.articles(shipped)

    assert len(articles) == 2_582
    assert sum(article.unit_price_pence == 0 for article in articles) == 8
    assert Article("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", 295) in articles
