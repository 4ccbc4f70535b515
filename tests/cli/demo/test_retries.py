"""The site posts again, under the same key."""

from collections import Counter
from uuid import UUID

from oms.cli.demo import retries
from oms.cli.demo.retries import Sending


def test_some_orders_of_the_file_are_posted_again(shipped):
    sendings = Counter(retries.sending("order", sale.number) for sale in shipped.sales)

    assert sendings == {Sending.ONCE: 1_057, Sending.RETRIED: 39, Sending.DOUBLED: 13}


def test_the_key_is_the_same_in_every_run():
    key = retries.idempotency_key("order", "536365")

    assert key == "d1615d22-2652-5763-a2fc-db2f1dfccbc4"
    assert str(UUID(key)) == key


def test_every_act_on_every_document_has_a_key_of_its_own(shipped):
    keys = {
        retries.idempotency_key(act, sale.number)
        for act in ("order", "return")
        for sale in shipped.sales
    }

    assert len(keys) == 2 * 1_109
