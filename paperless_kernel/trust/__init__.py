"""Proofs: digests, trees, keys, signatures, time-stamps, evidence and verdicts.

Everything here takes bytes and returns values: no clock, no file, no socket, no SQL.
"""

from __future__ import annotations
