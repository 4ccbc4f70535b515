"""The carrier: it scans parcels and tells us by signed webhooks, some twice, some late."""

import asyncio
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from fulfillment.carriers import sandbox
from oms.cli.demo import network, scans
from oms.cli.demo.client import Surprise
from oms.cli.demo.scans import Scan
from oms.cli.demo.shop import Parcel, Shop
from oms.kernel import clock

CODE = sandbox.CODE
PATH = f"/v1/webhooks/carriers/{CODE}"
WORKERS = 3
PACKING = timedelta(hours=4)
"""How long after the order a parcel is handed over, on the calendar of the file."""

PACE = 1_000_000
"""A second of today is so many of the file: a journey of days must not end in the future."""
