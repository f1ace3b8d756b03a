"""The tags of trusted scanning's journal entries; billing reads some of them."""

from __future__ import annotations

from typing import Final

BOXES_SUPPLIED: Final = "scan:box:boxes-supplied"
CONTRACT_RECORDED: Final = "scan:contract:recorded"
STAFF_APPOINTED: Final = "scan:staff:appointed"
STAFF_EDUCATED: Final = "scan:staff:educated"
STAFF_ENDED: Final = "scan:staff:ended"
REGULATION_REGISTERED: Final = "scan:regulation:registered"
DEVICE_REGISTERED: Final = "scan:device:registered"
DEVICE_RETIRED: Final = "scan:device:retired"
DEVICE_TESTED: Final = "scan:device:tested"
WORKSHOP_CHECKED: Final = "scan:workshop:checked"
WORKSHOP_ENTERED: Final = "scan:workshop:entered"
WORKSHOP_CERTIFIED: Final = "scan:workshop:certified"
ORDER_PLACED: Final = "scan:order:placed"
BOX_PACKED: Final = "scan:box:packed"
BOX_HANDED_OVER: Final = "scan:box:handed-over"
BOX_PHOTOGRAPHED: Final = "scan:box:photographed"
BOX_PREPARED: Final = "scan:box:prepared"
BIN_ENTERED: Final = "scan:bin:entered"
BOX_STORED: Final = "scan:box:stored"
BOX_FETCH_ASKED: Final = "scan:box:fetch-asked"
BOX_FETCHED: Final = "scan:box:fetched"
TRANSPORT_LEFT: Final = "scan:transport:left"
TRANSPORT_ARRIVED: Final = "scan:transport:arrived"
TRANSPORT_STOPPED: Final = "scan:transport:stopped"
TRANSPORT_CLEARED: Final = "scan:transport:cleared"
COURIER_LINKED: Final = "scan:courier:linked"
BOX_RECEIVED: Final = "scan:box:received"
BOX_MOVED: Final = "scan:box:moved"
BOX_OPENED: Final = "scan:box:opened"
BOX_STOPPED: Final = "scan:box:stopped"
BOX_CLEARED: Final = "scan:box:cleared"
BOX_APPROVED: Final = "scan:box:approved"
BOX_HELD: Final = "scan:box:held"
BOX_RELEASED: Final = "scan:box:released"
BOX_SHREDDED: Final = "scan:box:shredded"
BOX_RETURNED: Final = "scan:box:returned"
BATCH_STARTED: Final = "scan:batch:started"
BATCH_CLOSED: Final = "scan:batch:closed"
BATCH_INSPECTED: Final = "scan:batch:inspected"
BATCH_SAMPLED: Final = "scan:batch:sampled"
BATCH_CHECKED: Final = "scan:batch:checked"
BATCH_SEALED: Final = "scan:batch:sealed"
BATCH_ERASED: Final = "scan:batch:erased"
PAGE_CAPTURED: Final = "scan:page:captured"
PAGE_INSERTED: Final = "scan:page:inserted"
PAGE_REPLACED: Final = "scan:page:replaced"
PAGE_ACCEPTED: Final = "scan:page:accepted"
PAGE_REJECTED: Final = "scan:page:rejected"
PAGE_SET_ASIDE: Final = "scan:page:set-aside"
PAGE_UNDONE: Final = "scan:page:undone"
DOCUMENT_ENTERED: Final = "scan:document:entered"
DOCUMENT_INDEXED: Final = "scan:document:indexed"
DOCUMENT_REJECTED: Final = "scan:document:rejected"
DOCUMENT_PASSED: Final = "scan:document:passed"
DOCUMENT_SEALED: Final = "scan:document:sealed"
DOCUMENT_HANDED_OVER: Final = "scan:document:handed-over"
PAPER_PRINTED: Final = "scan:paper:printed"
REGISTER_WORDED: Final = "scan:register:worded"
REGISTER_NOTED: Final = "scan:register:noted"
SAMPLE_COMPARED: Final = "scan:sample:compared"

EVENT_TAGS: Final = (
    BOXES_SUPPLIED,
    CONTRACT_RECORDED,
    STAFF_APPOINTED,
    STAFF_EDUCATED,
    STAFF_ENDED,
    REGULATION_REGISTERED,
    DEVICE_REGISTERED,
    DEVICE_RETIRED,
    DEVICE_TESTED,
    WORKSHOP_CHECKED,
    WORKSHOP_ENTERED,
    WORKSHOP_CERTIFIED,
    ORDER_PLACED,
    BOX_PACKED,
    BOX_HANDED_OVER,
    BOX_PHOTOGRAPHED,
    BOX_PREPARED,
    BIN_ENTERED,
    BOX_STORED,
    BOX_FETCH_ASKED,
    BOX_FETCHED,
    TRANSPORT_LEFT,
    TRANSPORT_ARRIVED,
    TRANSPORT_STOPPED,
    TRANSPORT_CLEARED,
    COURIER_LINKED,
    BOX_RECEIVED,
    BOX_MOVED,
    BOX_OPENED,
    BOX_STOPPED,
    BOX_CLEARED,
    BOX_APPROVED,
    BOX_HELD,
    BOX_RELEASED,
    BOX_SHREDDED,
    BOX_RETURNED,
    BATCH_STARTED,
    BATCH_CLOSED,
    BATCH_INSPECTED,
    BATCH_SAMPLED,
    BATCH_CHECKED,
    BATCH_SEALED,
    BATCH_ERASED,
    PAGE_CAPTURED,
    PAGE_INSERTED,
    PAGE_REPLACED,
    PAGE_ACCEPTED,
    PAGE_REJECTED,
    PAGE_SET_ASIDE,
    PAGE_UNDONE,
    DOCUMENT_ENTERED,
    DOCUMENT_INDEXED,
    DOCUMENT_REJECTED,
    DOCUMENT_PASSED,
    DOCUMENT_SEALED,
    DOCUMENT_HANDED_OVER,
    PAPER_PRINTED,
    REGISTER_WORDED,
    REGISTER_NOTED,
    SAMPLE_COMPARED,
)
