"""The outside world, real and simulated: fonts, typesetting, carriers, sample pages.

Each module stands behind a Protocol that a business or ``base`` owns; only ``office``
picks which one is used.
"""

from __future__ import annotations
