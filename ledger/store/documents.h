// The register of numbered documents (DOC-1 to DOC-3, law M8).
#pragma once

#include "ledger/store/work.h"
#include "ledger/wire/records.h"

namespace pilotlight::ledger {

// The numbers are stored.
enum class DocumentState { Intended, Printed, Voided };
PILOTLIGHT_ENUM(DocumentState, Intended, Printed, Voided)

void document_intended(Work& work, const wire::Document& document);
void document_printed(Work& work, std::uint32_t number);
void document_voided(Work& work, std::uint32_t number, const std::string& reason);

std::optional<DocumentView> find_document(Database& db, const std::string& terminal, std::uint32_t number);

}  // namespace pilotlight::ledger
