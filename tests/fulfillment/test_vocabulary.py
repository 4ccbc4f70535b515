"""Carriers' words in our vocabulary."""

import pytest

from fulfillment import vocabulary
from fulfillment.states import TrackingStatus

T = TrackingStatus


@pytest.mark.parametrize(
    ("carrier", "word", "meaning"),
    [
        ("yamato", "荷物受付", T.ACCEPTED),
        ("yamato", "作業店通過", T.IN_TRANSIT),
        ("yamato", "持戻(ご不在)", T.ATTEMPT_FAILED),
        ("yamato", "持戻（ご不在）", T.ATTEMPT_FAILED),
        ("yamato", "配達完了", T.DELIVERED),
        ("sagawa", "集荷", T.ACCEPTED),
        ("sagawa", "保管中", T.AVAILABLE_FOR_PICKUP),
        ("japan_post", "引受", T.ACCEPTED),
        ("japan_post", "持ち出し中", T.OUT_FOR_DELIVERY),
        ("japan_post", " お届け先にお届け済み ", T.DELIVERED),
        ("easypost", "pre_transit", T.LABEL_CREATED),
        ("easypost", "return_to_sender", T.RETURNED_TO_SENDER),
        ("sandbox", "exception", T.EXCEPTION),
    ],
)
def test_a_word_has_one_meaning(carrier, word, meaning):
    assert vocabulary.meaning(carrier, word) is meaning


def test_a_detail_counts_where_it_makes_a_difference():
    assert vocabulary.meaning("easypost", "failure") is T.ATTEMPT_FAILED
    assert vocabulary.meaning("easypost", "failure", "lost") is T.EXCEPTION
    assert vocabulary.meaning("easypost", "failure", "weather_delay") is T.ATTEMPT_FAILED


@pytest.mark.parametrize(
    ("carrier", "word"), [("yamato", "消滅"), ("pigeon", "coo"), ("sagawa", "")]
)
def test_a_word_nobody_listed_is_unknown(carrier, word):
    assert vocabulary.meaning(carrier, word) is T.UNKNOWN


def test_the_sandbox_can_say_everything():
    assert set(vocabulary.WORDS["sandbox"].values()) == set(TrackingStatus)
