"""A short demonstration: the first sales, and what belongs to them."""


def test_the_first_sales_keep_what_comes_back_from_them(shipped):
    short = shipped.first(100)
    numbers = {sale.number for sale in short.sales}
    end = short.sales[-1].placed_at

    assert short.sales == shipped.sales[:100]
    assert len(short.credits) == 12
    for note in short.credits:
        origins = {piece.invoice for line in note.lines for piece in line.pieces}
        assert origins <= numbers
        assert origins or note.issued_at <= end
    assert all(change.adjusted_at <= end for change in short.adjustments)
    assert short.refused == shipped.refused


def test_all_sales_are_the_whole_file(shipped):
    assert shipped.first(len(shipped.sales)).sales == shipped.sales
