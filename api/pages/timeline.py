"""The page on which a shopper follows an order: plain HTML at a signed link, no script."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Controller, MediaType, Response, get
from litestar.params import FromPath, FromQuery

from api.deps import AnyRequest, Session
from api.policies import PUBLIC
from oms.journey import languages, links, stories, words
from oms.journey.languages import Language, Voice
from oms.journey.links import UnknownLink
from oms.journey.views import ChapterOut, StoryOut
from oms.orders.queries import UnknownOrder

TEMPLATES = Path(__file__).parent / "templates"
CSS = "".join((TEMPLATES / name).read_text("utf-8") for name in ("base.css", "page.css"))
CSS_DIGEST = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()

ITEMS_SHOWN = 8
"""More are folded away, so that a long order does not bury what happened to it."""

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{CSS_DIGEST}'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "vary": "accept-language",
}
"""The link is the key: it is not kept, not passed on, and nothing foreign is loaded."""

PICTURES = {
    "received": "order",
    "preparing": "work",
    "backordered": "stock",
    "partially_shipped": "parcel",
    "shipped": "parcel",
    "out_for_delivery": "parcel",
    "attempt_failed": "alert",
    "available_for_pickup": "stock",
    "exception": "alert",
    "delivered": "home",
    "returning": "return",
    "returned": "return",
    "declined": "alert",
    "cancelled": "cancel",
}

ALERTS = {"attempt_failed", "exception", "declined", "backordered", "returned_to_sender"}
QUIET = {"cancelled", "returned", "unknown", "label_created"}

PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def tone(code: str) -> str:
    """Return how loud a status is to be shown."""
    return "alert" if code in ALERTS else "quiet" if code in QUIET else ""


PAGES.globals.update(css=CSS, tone=tone)


async def any_parameters(_: AnyRequest) -> None:
    """Let a link pass that a mail program or a messenger has hung its own parameters on."""


class TimelinePage(Controller):
    path = links.PATH
    include_in_schema = False

    @get("/{token:str}", opt=PUBLIC, before_request=any_parameters, media_type=MediaType.HTML)
    async def show(
        self,
        session: Session,
        request: AnyRequest,
        token: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[str]:
        """Show an order to whoever has its link."""
        voice = Voice.of(_language(request, lang))
        try:
            story = await stories.tell(session, order_id=links.order_of(token), voice=voice)
        except (UnknownLink, UnknownOrder):
            return _page("missing.html", voice, status_code=404)
        return _page("timeline.html", voice, **_told(story, voice))


def _language(request: AnyRequest, asked: str | None) -> Language:
    return languages.choose(asked=asked, header=request.headers.get("accept-language"))


def _page(template: str, voice: Voice, *, status_code: int = 200, **told: Any) -> Response[str]:  # noqa: ANN401 -- whatever the template shows
    term = partial(words.term, language=voice.language)
    html = PAGES.get_template(template).render(
        voice=voice,
        term=term,
        label=partial(term, "page"),
        units=partial(words.units, language=voice.language),
        **told,
    )
    headers = {**HEADERS, "content-language": voice.language}
    return Response(html, status_code=status_code, media_type=MediaType.HTML, headers=headers)


def _told(story: StoryOut, voice: Voice) -> dict[str, Any]:
    newest_first = story.entries[::-1]
    return {
        "story": story,
        "days": _by_day(newest_first, voice),
        "newest": newest_first[0] if newest_first else None,
        "latest": _latest(story),
        "picture": PICTURES[story.headline.code],
        "shown": ITEMS_SHOWN,
    }


def _by_day(chapters: Sequence[ChapterOut], voice: Voice) -> list[tuple[str, list[ChapterOut]]]:
    grouped = groupby(chapters, key=lambda one: voice.weekday(one.occurred_at))
    return [(day, list(of_day)) for day, of_day in grouped]


def _latest(story: StoryOut) -> datetime:
    return max([story.placed_at, *(chapter.occurred_at for chapter in story.entries)])
