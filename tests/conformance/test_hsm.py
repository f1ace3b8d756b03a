"""Keys in a PKCS#11 module: SoftHSM holds them, and others judge what they sign."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import (
    InputError,
    KeyLockedError,
    NotFoundError,
    UnavailableError,
)
from paperless_kernel.base.ids import SystemRandom
from paperless_kernel.trust.keys import ECDSA_P256, RSA_3072, KeyPurpose
from paperless_kernel.trust.signatures import check_cms, sign_cms

pytest.importorskip("pkcs11", reason="the package python-pkcs11 is not installed")
pytestmark = pytest.mark.outside
AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
SECRET = b"a passphrase for tests"
LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
Need = Callable[[str], str]


@pytest.fixture
def module(need: Need, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The description of a fresh token."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "conf"))
    pins = ("--pin", "1234", "--so-pin", "5678")
    subprocess.run(
        [need("softhsm2-util"), "--init-token", "--free", "--label", "office", *pins],
        check=True,
        capture_output=True,
    )
    (tmp_path / "pin").write_text("1234\n")
    import pkcs11  # noqa: PLC0415

    pkcs11.lib(str(LIBRARY)).reinitialize()
    return f'module = "{LIBRARY}"\ntoken = "office"\npin_file = "{tmp_path / "pin"}"\n'


@pytest.fixture
def keys(tmp_path: Path) -> KeyFiles:
    folder, clock = tmp_path / "keys", FixedClock(AT)
    make_keys(
        folder, name="시험", passphrase=SECRET, clock=clock, random=SystemRandom()
    )
    return KeyFiles(folder, lambda: SECRET)


def _certify(keys: KeyFiles, module: str, algorithm: str = ECDSA_P256) -> bytes:
    return keys.certify(
        "bank-1", name="하나은행", unit="", algorithm=algorithm, module=module, at=AT
    )


@pytest.mark.parametrize("algorithm", [ECDSA_P256, RSA_3072])
def test_a_module_signs_like_a_key_file(
    keys: KeyFiles, module: str, tmp_path: Path, algorithm: str
) -> None:
    made = _certify(keys, module, algorithm)
    assert _certify(keys, module, algorithm) == made
    assert not (tmp_path / "keys" / "scan-bank-1.key").exists()
    signer = keys.signer(KeyPurpose.SCAN, "bank-1")
    assert signer.algorithm == algorithm
    cms = sign_cms(b"words", signer, detached=True)
    assert check_cms(cms, b"words").chain[0] == made


def test_what_is_wrong_is_said(keys: KeyFiles, module: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks"):
        _certify(keys, "module = 'x'")
    with pytest.raises(InputError, match="no TOML"):
        _certify(keys, "not toml at all")
    with pytest.raises(NotFoundError, match="token"):
        _certify(keys, module.replace("office", "other"))
    with pytest.raises(UnavailableError, match="answer"):
        _certify(keys, module.replace("libsofthsm2", "nothing"))
    _certify(keys, module)
    (tmp_path / "pin").write_text("9999")
    with pytest.raises(KeyLockedError, match="PIN"):
        keys.signer(KeyPurpose.SCAN, "bank-1").sign(b"x")
    (tmp_path / "pin").unlink()
    with pytest.raises(KeyLockedError, match="PIN file"):
        keys.signer(KeyPurpose.SCAN, "bank-1").sign(b"x")
