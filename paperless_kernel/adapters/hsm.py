"""Keys in a hardware module (PKCS#11): made there, used there, never seen here.

Knows tokens, labels and two mechanisms. Needs the package ``python-pkcs11``, which is
not brought along; without it every call says so. Who may sign what is the keeper's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from paperless_kernel.base.errors import (
    InputError,
    KeyLockedError,
    NotFoundError,
    UnavailableError,
    UnsupportedError,
)
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import (
    ECDSA_P256,
    RSA_3072,
    PublicKey,
    algorithm_of,
)

_RSA_BITS = 3072
_CURVE = "secp256r1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HsmKey:
    """Where a key lies: the module's library, the token, the key's label.

    Attributes:
        module: path of the PKCS#11 library, such as ``libsofthsm2.so``.
        token: label of the token.
        pin_file: a file, 0600, whose first line is the user's PIN.
        label: of the key pair.
    """

    module: Path
    token: str
    pin_file: Path
    label: str


def read_place(text: str, label: str) -> HsmKey:
    """Read where keys lie from TOML: ``module``, ``token`` and ``pin_file``.

    Raises:
        InputError: it is no TOML, or one of the three is missing.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the module's description is no TOML: {error}.") from error
    missing = [name for name in ("module", "token", "pin_file") if not data.get(name)]
    if missing:
        raise InputError(f"the module's description lacks {', '.join(missing)}.")
    return HsmKey(
        module=Path(str(data["module"])),
        token=str(data["token"]),
        pin_file=Path(str(data["pin_file"])),
        label=str(data.get("label", label)),
    )


class Pkcs11Signer:
    """A `Signer` whose private key stays in the module.

    Args:
        key: where it lies.
        certificates: its chain in DER, its own first.

    Raises:
        UnsupportedError: ``python-pkcs11`` is not installed.
    """

    def __init__(self, key: HsmKey, certificates: tuple[bytes, ...]) -> None:
        self._library = _library()
        self._place = key
        self._lock = Lock()
        self.certificates = certificates
        self.algorithm = algorithm_of(certificates[0])

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature over ``message`` (ECDSA: DER, over SHA-256).

        Raises:
            KeyLockedError: the PIN is wrong.
            NotFoundError: the token or the key is not there.
            UnavailableError: the module does not answer.
        """
        library = self._library
        with self._lock, _session(library, self._place, write=False) as session:
            key = session.get_key(
                object_class=library.ObjectClass.PRIVATE_KEY, label=self._place.label
            )
            if self.algorithm == RSA_3072:
                mechanism = library.Mechanism.SHA256_RSA_PKCS
                return bytes(key.sign(message, mechanism=mechanism))
            pair = bytes(key.sign(sha256(message), mechanism=library.Mechanism.ECDSA))
        half = len(pair) // 2
        first, second = (
            int.from_bytes(part, "big") for part in (pair[:half], pair[half:])
        )
        return encode_dss_signature(first, second)


def make_hsm_key(place: HsmKey, algorithm: str) -> PublicKey:
    """Make a key pair in the module, or find it; return its public half.

    The private half is sensitive and cannot be taken out.

    Raises:
        UnsupportedError: the algorithm, or ``python-pkcs11`` is not installed.
        KeyLockedError: the PIN is wrong.
        NotFoundError: the token is not there.
        UnavailableError: the module does not answer.
    """
    library = _library()
    if algorithm not in (ECDSA_P256, RSA_3072):
        raise UnsupportedError(f"keys are {ECDSA_P256} or {RSA_3072}, no {algorithm}.")
    with _session(library, place, write=True) as session:
        kind = library.ObjectClass.PUBLIC_KEY
        known = list(
            session.get_objects(
                {library.Attribute.CLASS: kind, library.Attribute.LABEL: place.label}
            )
        )
        public = known[0] if known else _pair(library, session, place, algorithm)
        der = _public_der(public, algorithm)
    made = load_der_public_key(der)
    if not isinstance(made, PublicKey):
        raise UnsupportedError("the module made a key of a kind not used here.")
    return made


def _pair(library: ModuleType, session: Any, place: HsmKey, algorithm: str) -> Any:  # noqa: ANN401 - the library has no types
    how = {"label": place.label, "store": True}
    if algorithm == RSA_3072:
        kind = library.KeyType.RSA
        public, _ = session.generate_keypair(kind, _RSA_BITS, **how)
        return public
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

    curve = encode_named_curve_parameters(_CURVE)
    parameters = session.create_domain_parameters(
        library.KeyType.EC, {library.Attribute.EC_PARAMS: curve}, local=True
    )
    public, _ = parameters.generate_keypair(**how)
    return public


def _public_der(public: Any, algorithm: str) -> bytes:  # noqa: ANN401 - no types
    if algorithm == RSA_3072:
        from pkcs11.util.rsa import encode_rsa_public_key  # noqa: PLC0415

        return _rsa_info(bytes(encode_rsa_public_key(public)))
    from pkcs11.util.ec import encode_ec_public_key  # noqa: PLC0415

    return bytes(encode_ec_public_key(public))


def _rsa_info(pkcs1: bytes) -> bytes:
    """Return SubjectPublicKeyInfo of an RSAPublicKey (RFC 8017, A.1.1)."""
    from asn1crypto.keys import PublicKeyInfo, RSAPublicKey  # noqa: PLC0415

    return bytes(PublicKeyInfo.wrap(RSAPublicKey.load(pkcs1), "rsa").dump())


@contextmanager
def _session(library: ModuleType, place: HsmKey, *, write: bool) -> Iterator[Any]:
    """Open a session with the token.

    Raises:
        KeyLockedError: the PIN is wrong, or its file cannot be read.
        NotFoundError: the token or the key is not there.
        UnavailableError: the module does not answer.
    """
    try:
        pin = place.pin_file.read_text(encoding="utf-8").strip()
        token = library.lib(str(place.module)).get_token(token_label=place.token)
        with token.open(user_pin=pin, rw=write) as session:
            yield session
    except OSError as error:
        raise KeyLockedError(
            f"the PIN file {place.pin_file} cannot be read ({error.strerror})."
        ) from error
    except (library.PinIncorrect, library.PinInvalid, library.PinLocked) as error:
        raise KeyLockedError(
            f"the PIN does not open token {place.token}; look into {place.pin_file}."
        ) from error
    except (library.NoSuchToken, library.NoSuchKey) as error:
        raise NotFoundError(
            f"token {place.token} with key {place.label} is not in the module; put it "
            "in, or make the key again."
        ) from error
    except (library.PKCS11Error, RuntimeError) as error:
        said = str(error) or type(error).__name__
        raise UnavailableError(
            f"the module {place.module} does not answer ({said}); check it, then try "
            "again."
        ) from error


def _library() -> ModuleType:
    try:
        import pkcs11  # noqa: PLC0415
        import pkcs11.exceptions  # noqa: PLC0415
    except ImportError as error:
        raise UnsupportedError(
            "keys in a module need the package python-pkcs11: install it, then run "
            "this again."
        ) from error
    return pkcs11
