"""ECDSA P-256 with SHA-256 (FIPS 186-5), as far as it takes to check a receipt's signature against a certificate's key."""

import base64
import functools
import hashlib
import re

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
# prime256v1 in a SubjectPublicKeyInfo, then an uncompressed point.
KEY_MARK = bytes.fromhex("06082a8648ce3d03010703420004")


def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(k, point):
    result = None
    while k:
        if k & 1:
            result = _add(result, point)
        point, k = _add(point, point), k >> 1
    return result


def _integers(der):
    """SEQUENCE { r INTEGER, s INTEGER }, or nothing."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    values, at = [], 2
    while at + 2 <= len(der) and der[at] == 0x02:
        size = der[at + 1]
        values.append(int.from_bytes(der[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return values if len(values) == 2 and at == len(der) else None


def public_key(pem):
    """The P-256 key in a certificate; nothing if it has none."""
    found = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", pem, re.DOTALL)
    der = base64.b64decode(found.group(1)) if found else b""
    at = der.find(KEY_MARK)
    if at < 0:
        return None
    point = der[at + len(KEY_MARK):at + len(KEY_MARK) + 64]
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    return (x, y) if (y * y - (x * x * x - 3 * x + B)) % P == 0 else None


@functools.lru_cache(maxsize=4096)
def verified(key, message, der):
    pair = _integers(der)
    if key is None or pair is None or not all(0 < value < N for value in pair):
        return False
    r, s = pair
    inverse, digest = pow(s, -1, N), int.from_bytes(hashlib.sha256(message).digest(), "big")
    point = _add(_times(digest * inverse % N, G), _times(r * inverse % N, key))
    return point is not None and point[0] % N == r


def signed_by_one_of(certificates, message, der):
    return any(verified(public_key(pem), message, der) for pem in certificates)
