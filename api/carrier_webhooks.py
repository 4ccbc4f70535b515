"""Where carriers report; each message must bear the carrier's signature."""

from litestar import Controller, post
from litestar.params import FromPath

from api.deps import AnyRequest, Session
from api.policies import PUBLIC
from fulfillment import reports
from oms.kernel import clock
from oms.kernel.inputs import Output

MAX_BYTES = 512 * 1024


class ReceivedOut(Output):
    """The message is kept; `new` is false when it was kept before."""

    new: bool


class CarrierWebhookController(Controller):
    path = "/webhooks/carriers"
    tags = ["Webhooks in"]

    @post(
        "/{carrier:str}", opt=PUBLIC, status_code=202, request_max_body_size=MAX_BYTES, security=[]
    )
    async def receive(
        self, request: AnyRequest, session: Session, carrier: FromPath[str]
    ) -> ReceivedOut:
        """Keep a carrier's signed message; it is read later. Sending it again is harmless."""
        new = await reports.receive(
            session,
            carrier=carrier,
            headers=request.headers,
            body=await request.body(),
            now=clock.now(),
        )
        return ReceivedOut(new=new)
