// What the QR code on a receipt says, so that anyone can ask the ledger whether the receipt is true. No personal data.
//
//   {public_url}/r?d={payload}.{signature}
//
// payload is base64url (RFC 4648 section 5, no padding) of these bytes:
//
//   version     1 byte, 1
//   terminal    1 byte length (1..16), then that many letters and digits
//   kind        1 byte, index in wire::DocumentKind
//   number, wall_ms, tendered, cost, credited, volume
//               unsigned LEB128 each (7 bits per byte, least significant first, shortest form), fen and litres
//   top_up      16 bytes, zero if there is none
//
// signature is base64url of the DER form of an ECDSA P-256 SHA-256 signature over the payload *text* by the terminal's
// TLS key. The text can never be mistaken for a TLS 1.3 handshake signature, whose input begins with 64 blanks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"
#include "ledger/wire/records.h"

namespace pilotlight::wire {

// The part of a document that its QR code carries.
struct ReceiptCode {
  std::string terminal;
  DocumentKind kind = DocumentKind::TopUpReceipt;
  std::uint32_t number = 0;
  std::int64_t wall_ms = 0;
  Money tendered;
  Money cost;
  Money credited;
  Volume volume;
  Id top_up;
  bool operator==(const ReceiptCode&) const = default;
};

// The payload text of a document. Requires a terminal of 1..16 letters and digits and amounts that are not negative.
std::string receipt_payload(std::string_view terminal, const Document& document);

// The opposite. Nothing if it is not exactly what receipt_payload makes (input is from the street: bounded, one
// spelling).
std::optional<ReceiptCode> parse_receipt_payload(std::string_view payload);

// "{public_url}/r?d={payload}.{signature}". The signature is DER.
std::string receipt_url(std::string_view public_url, std::string_view payload, ByteView signature);

// The value of `d` split again into payload text and DER signature. Nothing if it is longer than 512 characters or
// damaged.
struct SignedReceipt {
  std::string payload;
  Bytes signature;
};
std::optional<SignedReceipt> parse_signed_receipt(std::string_view d);

std::string to_base64url(ByteView bytes);
// Refuses padding, foreign characters and left-over bits.
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace pilotlight::wire
