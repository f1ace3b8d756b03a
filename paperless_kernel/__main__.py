"""Runs the command line as ``python -m paperless_kernel``; knows nothing else."""

from __future__ import annotations

from paperless_kernel.cli import main

if __name__ == "__main__":
    main()
