// The JSON form of every described struct: field names as they stand, Money as fen, Volume as litres, Bytes as
// lower-case hex, Id as UUID text, enums as names, optional as value or null. Canonical: fields in declaration order,
// no blanks, so that equal values give equal text (hashes depend on it).
//
// from_json is a bounded parser for untrusted input: depth 32, 1 MiB, every field of the struct must be there and of
// its type and range; members it does not know are ignored (a newer peer may say more). The error names the path of the
// field.
#pragma once

#include <string>
#include <string_view>

#include "kiosk/base/result.h"
#include "ledger/wire/messages.h"
#include "ledger/wire/records.h"

namespace pilotlight::wire {

// Defined for all message and record structs (instantiated in json.cpp). Thread-safe.
template <class T>
std::string to_json(const T& value);
template <class T>
Result<T, Message> from_json(std::string_view text);

// A record by its kind ("NoteStacked") and body; the body is what the journal holds.
std::string record_body(const Record& record);
Result<Record, Message> record_from(std::string_view kind, std::string_view body);

}  // namespace pilotlight::wire
