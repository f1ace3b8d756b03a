"""Where the workbench's numbers come from: this machine's office, for reading."""

from __future__ import annotations

from collections.abc import Callable

from paperless_kernel.flows.snapshot import Snapshot


def office_reader() -> Callable[[], Snapshot]:
    """Return a function that reads the office in ``PAPERLESS_HOME`` anew each time.

    Modules are loaded here, while the kernel warms up, and not when somebody waits.
    """
    from paperless_kernel.config import load  # noqa: PLC0415
    from paperless_kernel.office import open_office  # noqa: PLC0415

    def read() -> Snapshot:
        with open_office(load(), reader=True) as office:
            return office.snapshot()

    return read
