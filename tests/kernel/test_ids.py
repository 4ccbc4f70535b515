import time
from itertools import pairwise

from oms.kernel import ids


def test_ids_rise_even_within_a_millisecond():
    made = [ids.new() for _ in range(20_000)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_an_id_tells_when_it_was_made():
    before = time.time_ns() // 1_000_000
    made = ids.new()
    after = time.time_ns() // 1_000_000
    assert before <= made.int >> 80 <= after + 1


def test_ids_are_version_seven_of_the_rfc():
    made = ids.new()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
