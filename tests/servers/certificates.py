"""Certificates for servers on this machine, vouched for by an authority of the tests' own."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_DAYS = 2


def certificates(folder: Path) -> dict[str, str]:
    """The files `ca`, `certificate` and `key` of a server at 127.0.0.1."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _builder("authority of the tests", authority, "authority of the tests")
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _builder("127.0.0.1", own, "authority of the tests")
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    leaf = leaf.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    pem = serialization.Encoding.PEM
    files = {
        "ca": root.sign(authority, hashes.SHA256()).public_bytes(pem),
        "certificate": leaf.sign(authority, hashes.SHA256()).public_bytes(pem),
        "key": own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    }
    for name, content in files.items():
        (folder / f"{name}.pem").write_bytes(content)
    return {name: str(folder / f"{name}.pem") for name in files}


def _builder(subject: str, key: ec.EllipticCurvePrivateKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=VALID_DAYS)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
