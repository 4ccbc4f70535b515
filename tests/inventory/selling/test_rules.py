"""Which rule decides: the smallest priority, then the one that names more, then the older one."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from inventory.selling import rules
from inventory.selling.models import RuleKind
from inventory.selling.rules import ANYTHING, Book, Method, Rule
from oms.kernel import ids

WEB, SHOP = ids.new(), ids.new()
K = RuleKind


def rule(kind=K.THRESHOLD, *, priority=100, **given):
    decides = {"units": 1} if kind in {K.THRESHOLD, K.SAFETY_STOCK} else {"allowed": False}
    return Rule(id=ids.new(), name="A rule", kind=kind, priority=priority, **{**decides, **given})


def decided(*given, items=(), locations=(), channel_id=WEB):
    return rules.decide(
        given, channel_id=channel_id, items=frozenset(items), locations=frozenset(locations)
    )


def test_without_rules_nothing_is_kept_back_and_everything_is_allowed():
    assert decided() == ANYTHING
    assert (ANYTHING.kept, ANYTHING.safety(2)) == (0, 0)
    assert [ANYTHING.denial(method) for method in Method] == [None, None]


def test_what_a_rule_does_not_name_is_any():
    everywhere = rule()

    assert decided(everywhere).threshold is everywhere
    assert decided(everywhere, items={"mugs"}, locations={"north"}).threshold is everywhere


def test_a_rule_speaks_only_of_what_it_names():
    narrow = rule(item_group="mugs", location_group="north", channel_id=WEB)
    fits = {"items": {"mugs", "gifts"}, "locations": {"north"}}

    assert decided(narrow, **fits).threshold is narrow
    assert decided(narrow, **{**fits, "items": {"gifts"}}) == ANYTHING
    assert decided(narrow, **{**fits, "locations": {"south"}}) == ANYTHING
    assert decided(narrow, **fits, channel_id=SHOP) == ANYTHING


def test_the_smallest_priority_decides():
    first, second = rule(priority=1), rule(priority=2, channel_id=WEB, item_group="mugs")

    assert decided(second, first, items={"mugs"}).threshold is first


def test_at_one_priority_the_rule_that_names_more_decides():
    wide, narrow = rule(), rule(item_group="mugs")

    assert decided(wide, narrow, items={"mugs"}).threshold is narrow
    assert decided(wide, narrow).threshold is wide


def test_between_equals_the_older_rule_decides():
    older, newer = rule(units=1), rule(units=9)

    assert decided(newer, older).threshold is older


def test_each_kind_is_decided_for_itself():
    given = [rule(kind) for kind in RuleKind]

    found = decided(*given)

    assert [found.threshold, found.safety_stock, found.shipping, found.pickup] == given


def test_a_rule_that_allows_is_an_exception_from_one_behind_it():
    exception = rule(K.SHIPPING, priority=1, item_group="mugs", allowed=True)
    ban = rule(K.SHIPPING, priority=2)

    assert decided(ban, exception, items={"mugs"}).denial(Method.SHIPPING) is None
    assert decided(ban, exception).denial(Method.SHIPPING) is ban
    assert decided(ban, exception).denial(Method.PICKUP) is None


def test_of_two_safety_stocks_the_larger_counts():
    found = decided(rule(K.SAFETY_STOCK, units=5))

    assert [found.safety(own) for own in (0, 2, 5, 9)] == [5, 3, 0, 0]


GROUPS = st.sampled_from([None, "a", "b"])
RULES = st.builds(
    rule,
    st.sampled_from(RuleKind),
    priority=st.integers(0, 2),
    item_group=GROUPS,
    location_group=GROUPS,
    channel_id=st.sampled_from([None, WEB, SHOP]),
)


@given(st.lists(RULES, max_size=5), st.sets(st.sampled_from("ab")), st.sets(st.sampled_from("ab")))
def test_the_order_in_which_rules_are_read_decides_nothing(found, items, locations):
    made = [
        decided(*order, items=items, locations=locations)
        for order in itertools.islice(itertools.permutations(found), 24)
    ]

    assert all(one == made[0] for one in made)


@given(st.lists(RULES, max_size=5), st.sets(st.sampled_from("ab")), st.sets(st.sampled_from("ab")))
def test_the_book_says_what_the_rules_say(found, items, locations):
    here = ids.new()
    book = Book(found, {"CUP": frozenset(items)}, {here: frozenset(locations)})

    for channel_id in (WEB, SHOP, WEB):
        verdict = book.verdict(channel_id=channel_id, sku="CUP", location_id=here)
        assert verdict == decided(*found, items=items, locations=locations, channel_id=channel_id)
