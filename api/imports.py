"""Imports: items, locations, levels and safety stocks from files, and what became of each row."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from api.deps import AnyRequest, Session
from api.exports import pieces
from api.idempotent import answer_once, keyed, ticket_of
from api.lists import Limit
from api.policies import allow
from oms.accounts.models import Role, Scope
from oms.channels.files import Format
from oms.channels.imports import complaints, queries, runs, uploads
from oms.channels.imports.uploads import MAX_BYTES, Wish
from oms.channels.imports.views import ImportOut, ImportsOut
from oms.kernel.bulk import Mode
from oms.kernel.files import charsets, csvs, ndjson

READING = allow(Scope.INVENTORY_READ, Role.MANAGER)
WRITING = allow(Scope.INVENTORY_WRITE, Role.MANAGER)

FILES = {
    csvs.MEDIA_TYPE: "sku,name,name:ja,packs\r\nCUP,A cup,湯呑み,case=12; inner=6\r\n",
    ndjson.MEDIA_TYPE: '{"sku": "CUP", "name": "A cup", "names": {"ja": "湯呑み"}}\n',
}
"""What a body may look like."""

ReportFormat = Annotated[Format, QueryParameter(name="format")]


class ImportController(Controller):
    path = "/imports"
    tags = ["Inventory"]

    @post(
        "/{file_name:str}",
        opt=WRITING | {"files": FILES},
        status_code=202,
        request_max_body_size=MAX_BYTES,
    )
    @keyed
    async def start(
        self,
        session: Session,
        request: AnyRequest,
        file_name: FromPath[str],
        charset: FromQuery[str | None] = None,
        mode: FromQuery[Mode] = Mode.ROW_BY_ROW,
        dry_run: FromQuery[bool] = False,  # noqa: FBT002 -- Litestar passes it by name
    ) -> ImportOut:
        """Send a file as the body: `items.csv`, `levels.ndjson` and the like, as they are exported.

        The charset is found out unless it is named: `utf-8` or `cp932`. `row_by_row` writes what
        can be written, 500 rows at a time; `all_or_nothing` writes up to 10,000 rows together.
        `dry_run` goes through the same steps and undoes each: of `row_by_row` every 500 rows are
        judged on what is there now, of `all_or_nothing` also on the rows before them. Rows set what
        they name, so a file that is sent again changes nothing. Follow the import until it is
        `done`.
        """
        asked = None if charset is None else charsets.named(charset)
        upload = await uploads.arrive(request.stream(), charset=asked)
        with upload.file:
            ticket = ticket_of(request, request.url.query.encode(), upload.digest)
            wish = Wish(file_name, mode=mode, dry_run=dry_run)

            async def received() -> ImportOut:
                made = await uploads.receive(session, upload=upload, wish=wish)
                return ImportOut.model_validate(made)

            answer: ImportOut = await answer_once(session, request, ticket, received)
            return answer

    @get(opt=READING)
    async def list_some(
        self, session: Session, cursor: FromQuery[str | None] = None, limit: Limit = 50
    ) -> ImportsOut:
        """List imports, newest first."""
        page = await queries.imports(session, cursor=cursor, limit=limit)
        shown = [ImportOut.model_validate(row) for row in page.rows]
        return ImportsOut(imports=shown, next_cursor=page.next_cursor)

    @get("/{import_id:uuid}", opt=READING)
    async def read(self, session: Session, import_id: FromPath[UUID]) -> ImportOut:
        """See how far an import has got."""
        return ImportOut.model_validate(await queries.one(session, import_id=import_id))

    @get("/{import_id:uuid}/errors", opt=READING)
    async def errors(self, import_id: FromPath[UUID], form: ReportFormat = Format.CSV) -> Stream:
        """Fetch what is wrong with the rows that were refused: line, column, code and detail."""
        file = await complaints.report(import_id=import_id, form=form)
        kind = csvs.MEDIA_TYPE if form is Format.CSV else ndjson.MEDIA_TYPE
        return Stream(pieces(file), media_type=kind)

    @post("/{import_id:uuid}/cancel", opt=WRITING, status_code=200)
    async def cancel(self, session: Session, import_id: FromPath[UUID]) -> ImportOut:
        """Stop an import; the rows that were written stay."""
        return ImportOut.model_validate(await runs.cancel(session, import_id=import_id))
