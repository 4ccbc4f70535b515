"""What each carrier's words mean in our one vocabulary of tracking.

Sources: EasyPost's tracker statuses and status details; the words on the tracking pages of
Yamato, Sagawa and Japan Post. A word nobody listed is `unknown`, never an error.
"""

import unicodedata
from collections.abc import Mapping

from fulfillment.states import TrackingStatus

T = TrackingStatus

WORDS: Mapping[str, Mapping[str, TrackingStatus]] = {
    # The sandbox speaks our own words.
    "sandbox": {status.value: status for status in TrackingStatus},
    # EasyPost says "failure" both for "nobody at home" and for "lost"; its detail tells them apart.
    "easypost": {
        "unknown": T.UNKNOWN,
        "error": T.EXCEPTION,
        "pre_transit": T.LABEL_CREATED,
        "in_transit": T.IN_TRANSIT,
        "in_transit/received_at_origin_facility": T.ACCEPTED,
        "out_for_delivery": T.OUT_FOR_DELIVERY,
        "failure": T.ATTEMPT_FAILED,
        "failure/damaged": T.EXCEPTION,
        "failure/lost": T.EXCEPTION,
        "failure/refused": T.EXCEPTION,
        "available_for_pickup": T.AVAILABLE_FOR_PICKUP,
        "delivered": T.DELIVERED,
        "return_to_sender": T.RETURNED_TO_SENDER,
        "cancelled": T.CANCELLED,
    },
    "yamato": {
        "伝票番号未登録": T.UNKNOWN,
        "荷物受付": T.ACCEPTED,
        "発送": T.ACCEPTED,
        "作業店通過": T.IN_TRANSIT,
        "輸送中": T.IN_TRANSIT,
        "配達中": T.OUT_FOR_DELIVERY,
        "持戻(ご不在)": T.ATTEMPT_FAILED,
        "配達完了": T.DELIVERED,
        "返品": T.RETURNED_TO_SENDER,
        "調査中": T.EXCEPTION,
    },
    "sagawa": {
        "データ未登録": T.UNKNOWN,
        "集荷": T.ACCEPTED,
        "荷物受付": T.ACCEPTED,
        "輸送中": T.IN_TRANSIT,
        "配達中": T.OUT_FOR_DELIVERY,
        "ご不在": T.ATTEMPT_FAILED,
        "持戻り": T.ATTEMPT_FAILED,
        "保管中": T.AVAILABLE_FOR_PICKUP,
        "配達完了": T.DELIVERED,
    },
    "japan_post": {
        "引受予定": T.LABEL_CREATED,
        "引受": T.ACCEPTED,
        "通過": T.IN_TRANSIT,
        "到着": T.IN_TRANSIT,
        "持ち出し中": T.OUT_FOR_DELIVERY,
        "ご不在のため持ち戻り": T.ATTEMPT_FAILED,
        "保管": T.AVAILABLE_FOR_PICKUP,
        "お届け先にお届け済み": T.DELIVERED,
    },
}


def meaning(carrier: str, word: str, detail: str | None = None) -> TrackingStatus:
    """Translate a carrier's word, by its detail where that makes a difference."""
    words = WORDS.get(carrier, {})
    word = _plain(word)
    return words.get(f"{word}/{_plain(detail)}" if detail else word) or words.get(word, T.UNKNOWN)


def _plain(word: str) -> str:
    """Write a word one way: no blanks around it, brackets and letters in their narrow form."""
    return unicodedata.normalize("NFKC", word).strip()
