"""The yardstick: the rows of a placed order written by one prepared statement, nothing else.

No HTTP, no validation, no routing, no Python between the rows: what PostgreSQL itself can take.
"""

import asyncio
import random
import time
from uuid import uuid4

import asyncpg
import msgspec

from bench import orders
from bench.load import Result
from bench.world import World
from oms.kernel import ids

CONNECTIONS = 40
"""As many as two API processes have; more only wait for each other inside PostgreSQL."""

DELIVERIES = 3
"""Reactions owed to the two facts of a placed order (oms/wiring.py)."""

STATEMENT = """
WITH line AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (
        id uuid, position int, sku text, location_id uuid, movement_id uuid)
), taken AS (
    UPDATE stock_level AS level SET committed = level.committed + 1
    FROM (SELECT level.sku, level.location_id FROM stock_level AS level
          JOIN line USING (sku, location_id) ORDER BY level.sku, level.location_id
          FOR NO KEY UPDATE OF level) AS held
    WHERE level.sku = held.sku AND level.location_id = held.location_id AND level.available >= 1
), moved AS (
    INSERT INTO stock_movement (id, sku, location_id, on_hand, committed, reserved, safety_stock,
        damaged, quality_control, incoming, reason, reference, actor)
    SELECT movement_id, sku, location_id, 0, 1, 0, 0, 0, 0, 0, 'order_committed', $3, 'bench'
    FROM line
), promised AS (
    INSERT INTO stock_commitment (claimant_id, sku, location_id, quantity, claimed_sku, claimed)
    SELECT id, sku, location_id, 1, sku, 1 FROM line
), ordered AS (
    INSERT INTO "order" (id, version, channel_id, external_id, status, goods_status,
        payment_status, returns_status, currency, goods_amount, discount_amount, shipping_amount,
        tax_amount, fees_amount, tax_included, total_amount, customer, ship_to, placed_at,
        changed_at)
    VALUES ($2, 1, $4, $3, 'placed', 'unfulfilled', 'pending', 'none', 'JPY', 3000, 0, 500, 0, 0,
        false, 3500, $5::jsonb, $6::jsonb, now(), now())
), lines AS (
    INSERT INTO order_line (id, order_id, position, sku, name, unit_price, goods_amount,
        discount_amount, tax_amount, shipping_amount, ordered, cancelled, backordered, allocated,
        in_work, shipped, delivered, return_requested, returned, charged, fees_amount,
        charges_tax_amount, tax_included)
    SELECT id, $2, position, sku, sku, 1000, 1000, 0, 0, 166, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
        false FROM line
), paid AS (
    INSERT INTO payment (id, version, order_id, channel_id, gateway, method, status, currency,
        amount, authorised, captured, refunded, token)
    VALUES ($7, 1, $2, $4, 'sandbox', 'card', 'pending', 'JPY', 3500, 0, 0, 0, 'tok_ok')
), asked AS (
    INSERT INTO payment_operation (id, payment_id, kind, status, amount)
    VALUES ($8, $7, 'authorise', 'requested', 3500)
), job AS (
    INSERT INTO job (id, name, key, arguments, status, attempts, next_at)
    VALUES ($9, 'payments.ask', $3, $5::jsonb, 'due', 0, now())
), decided AS (
    INSERT INTO routing_decision (id, order_id, cause, rule, version, cost, parcels, plan,
        candidates)
    VALUES ($10, $2, 'placed', 'least_cost', 1, 600, 1, $11::jsonb, $11::jsonb)
), counted AS (
    INSERT INTO event_subject (subject_id, sequence) VALUES ($2, 2)
), told AS (
    INSERT INTO event (id, subject_id, sequence, name, data, actor, channel_id, occurred_at)
    VALUES ($12, $2, 1, 'order.placed', $11::jsonb, 'bench', $4, now()),
           ($13, $2, 2, 'order.routed', $11::jsonb, 'bench', $4, now())
), owed AS (
    INSERT INTO delivery (id, event_id, subscriber, lane, subject_id, sequence, after_others,
        status, attempts, next_at)
    SELECT delivery.id, delivery.event_id, 'a reaction ' || delivery.id, 'a lane', $2, 1, true,
        'due', 0, now()
    FROM jsonb_to_recordset($15::jsonb) AS delivery (id uuid, event_id uuid)
)
INSERT INTO idempotency_answer (client, key, fingerprint, status_code, headers, body)
VALUES ('bench', $3, '\\x00', 201, '{}', $14)
"""


async def run(world: World, *, count: int, clients: int, hot: bool) -> Result:
    """Write `count` orders through `clients` connections."""
    dsn = world.url.set(drivername="postgresql").render_as_string(hide_password=False)
    prepared = iter([_arguments(world, hot=hot) for _ in range(count)])
    size = min(clients, CONNECTIONS)
    settings = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
    pool = await asyncpg.create_pool(dsn, min_size=size, max_size=size, server_settings=settings)
    result = Result()
    start = time.perf_counter()
    await asyncio.gather(*(_client(pool, prepared, result) for _ in range(clients)))
    result.seconds = time.perf_counter() - start
    await pool.close()
    return result


async def _client(pool: asyncpg.Pool, prepared, result: Result) -> None:  # noqa: ANN001 -- an iterator
    for arguments in prepared:
        began = time.perf_counter()
        await pool.fetch(STATEMENT, *arguments)
        result.latencies.append(time.perf_counter() - began)


_CHANCE = random.Random(7)


def _arguments(world: World, *, hot: bool) -> list[object]:
    order = orders.body(_CHANCE, hot=hot)
    location_id = _CHANCE.choice(world.location_ids)
    lines = [
        {
            "id": ids.new(),
            "position": place,
            "sku": line["sku"],
            "location_id": world.location_ids[0] if hot else location_id,
            "movement_id": ids.new(),
        }
        for place, line in enumerate(order["lines"], start=1)
    ]
    told = [ids.new(), ids.new()]
    owed = [{"id": ids.new(), "event_id": told[number % 2]} for number in range(DELIVERIES)]
    text = msgspec.json.encode
    return [
        text(lines).decode(), ids.new(), uuid4().hex, world.channel_id,
        text(order["customer"]).decode(), text(order["ship_to"]).decode(),
        ids.new(), ids.new(), ids.new(), ids.new(), text(order["lines"] * 4).decode(),
        *told, text(order) * 3, text(owed).decode(),
    ]  # fmt: skip
