"""Where payment gateways report; each message must bear the gateway's signature."""

from litestar import Controller, post
from litestar.params import FromPath

from api.carrier_webhooks import MAX_BYTES, ReceivedOut
from api.deps import AnyRequest, Session
from api.policies import PUBLIC
from oms.kernel import clock
from oms.payments import notices


class PaymentWebhookController(Controller):
    path = "/webhooks/payments"
    tags = ["Webhooks in"]

    @post(
        "/{gateway:str}", opt=PUBLIC, status_code=202, request_max_body_size=MAX_BYTES, security=[]
    )
    async def receive(
        self, request: AnyRequest, session: Session, gateway: FromPath[str]
    ) -> ReceivedOut:
        """Keep a gateway's signed message; it is believed later. Sending it again is harmless."""
        new = await notices.receive(
            session,
            gateway=gateway,
            headers=request.headers,
            body=await request.body(),
            now=clock.now(),
        )
        return ReceivedOut(new=new)
