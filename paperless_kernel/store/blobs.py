"""Write-once objects in a folder, named by their SHA-256.

Knows the order of effects that makes an object whole before it has a name. Knows
nothing of what the bytes are; secrets are encrypted before they come here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from paperless_kernel.base.errors import EvidenceError, NotFoundError, StorageError
from paperless_kernel.trust.digest import sha256

_MODE = 0o400


class Blobs:
    """A local write-once folder: ``root/ab/cd/<sha256>``, mode 0400."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256 in hex; a repeat is a no-op.

        Raises:
            StorageError: the disk is full or failing; nothing is visible.
            EvidenceError: an object of that name holds other bytes.
        """
        name = sha256(data).hex()
        path, written = self._path(name), False
        try:
            if not path.exists():
                self._write(path, data)
                written = True
        except FileExistsError:
            pass  # another process was first
        except OSError as error:
            raise _failed(error) from error
        if not written:
            self.get(name)  # what stands there is equal, or refused
        # 4. The name and its folders reach the disk, whoever made them; only then is
        #    the object acknowledged.
        self._sync(path)
        return name

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # 1. Bytes go to a file without a name: a crash here leaves nothing.
        handle = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, _MODE)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            # 2. They reach the disk before they can be found. An error here is final
            #    (never retried): the kernel may have dropped the pages.
            os.fsync(handle)
            # 3. The name appears at once and whole; a second writer gets EEXIST.
            folder = os.open(path.parent, os.O_DIRECTORY)
            try:
                source = f"/proc/self/fd/{handle}"
                os.link(source, path.name, dst_dir_fd=folder, follow_symlinks=True)
            finally:
                os.close(folder)
        finally:
            os.close(handle)

    def _sync(self, path: Path) -> None:
        try:
            for folder in (path.parent, path.parent.parent, self.root):
                handle = os.open(folder, os.O_DIRECTORY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        except OSError as error:
            raise _failed(error) from error

    def get(self, name: str) -> bytes:
        """Return an object's bytes, checked against its name.

        Raises:
            NotFoundError: there is no such object.
            EvidenceError: the bytes on disk are not the ones that were put.
        """
        data = self.read(name)
        if sha256(data).hex() != name:
            raise EvidenceError(
                f"object {name[:16]}… was changed on disk: restore it from a copy."
            )
        return data

    def read(self, name: str) -> bytes:
        """Return an object's bytes as they lie there.

        For a caller who checks what is in them: a cipher's tag and the plain text's
        hash say more than the object's name.

        Raises:
            NotFoundError: there is no such object.
        """
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"no object {name[:16]}… in this store.") from error
        except OSError as error:
            raise _failed(error) from error

    def has(self, name: str) -> bool:
        """Tell whether an object is here; its bytes are not read."""
        return self._path(name).exists()

    def remove(self, name: str) -> None:
        """Remove an object for good; one that is not here is already removed.

        Raises:
            StorageError: the disk is failing; the object may still be there.
        """
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed(error) from error
        if path.parent.is_dir():
            self._sync(path)  # or a power cut would bring it back

    def names(self) -> Iterator[str]:
        """Yield every object's name, in order."""
        for path in sorted(self.root.glob("??/??/*")):
            yield path.name

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name[2:4] / name


def _failed(error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            "No space left for the object: nothing was kept. Free some space and run "
            "the same command again."
        )
    return StorageError(
        f"The object store failed ({error.strerror}): nothing was kept. Check the "
        "disk and the folder's rights."
    )
