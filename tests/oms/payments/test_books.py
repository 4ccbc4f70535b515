from oms.kernel import ids
from oms.payments.books import Book
from oms.payments.models import Payment, PaymentOperation
from oms.payments.states import OperationKind, OperationStatus, PaymentStatus

K, A = OperationKind, OperationStatus


def book(*asked, status=PaymentStatus.AUTHORISED, authorised=1000, captured=0, refunded=0):
    payment = Payment(
        order_id=ids.new(),
        channel_id=ids.new(),
        gateway="sandbox",
        currency="JPY",
        status=status,
        amount=1000,
        authorised=authorised,
        captured=captured,
        refunded=refunded,
    )
    operations = [
        PaymentOperation(payment_id=payment.id, kind=kind, status=state, amount=amount)
        for kind, state, amount in asked
    ]
    return Book(payment, sorted(operations, key=lambda one: one.id))


def last(of):
    return of.operations[-1]


def test_what_is_under_way_is_neither_captured_nor_refunded_again():
    found = book(
        (K.CAPTURE, A.REQUESTED, 300),
        (K.CAPTURE, A.PENDING, 100),
        (K.CAPTURE, A.FAILED, 50),
        (K.REFUND, A.REQUESTED, 150),
        captured=200,
        refunded=20,
    )

    assert found.capturable == 400
    assert found.paid == 600
    assert found.refundable == 430


def test_a_pending_payment_can_be_captured_in_advance_up_to_its_amount():
    assert book(status=PaymentStatus.PENDING, authorised=0).capturable == 1000


def test_what_has_ended_or_is_closing_is_not_captured():
    assert book(status=PaymentStatus.DECLINED, authorised=0).capturable == 0
    assert book(status=PaymentStatus.VOIDED).capturable == 0
    assert book((K.VOID, A.REQUESTED, 1000)).capturable == 0
    assert book((K.VOID, A.FAILED, 1000)).capturable == 1000


def test_a_capture_under_way_on_an_ended_payment_is_not_paid():
    asked = (K.CAPTURE, A.REQUESTED, 1000)

    assert book(asked, status=PaymentStatus.VOIDED, authorised=0).paid == 0


def test_of_two_refunds_the_first_takes_what_is_captured():
    found = book((K.REFUND, A.REQUESTED, 300), captured=500)
    found.operations.append(
        PaymentOperation(payment_id=found.payment.id, kind=K.REFUND, amount=300)
    )

    first, later = sorted(found.operations, key=lambda one: one.id)
    assert (found.must_wait(first), found.impossible(first)) == (False, None)
    assert found.must_wait(later)


def test_a_refund_with_nothing_left_to_wait_for_is_impossible():
    found = book((K.REFUND, A.REQUESTED, 300), captured=200)

    assert not found.must_wait(last(found))
    assert found.impossible(last(found)) == "not_captured"


def test_a_void_waits_for_captures_and_needs_something_left():
    waiting = book((K.CAPTURE, A.PENDING, 1000))
    void = PaymentOperation(payment_id=waiting.payment.id, kind=K.VOID, amount=1)
    waiting.operations.append(void)
    assert waiting.must_wait(void)

    spent = book((K.VOID, A.REQUESTED, 1), captured=1000)
    assert not spent.must_wait(last(spent))
    assert spent.impossible(last(spent)) == "nothing_to_void"
