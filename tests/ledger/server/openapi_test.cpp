// openapi.yaml is the contract that others build by, so it must say what the program does: every route, every message,
// every field, every name of every enum.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/server/api_error.h"
#include "ledger/server/receipt_page.h"
#include "ledger/server/terminal_api.h"
#include "ledger/wire/messages.h"

namespace pilotlight::server {
namespace {

struct Contract {
  std::map<std::string, std::set<std::string>> operations;        // path -> methods
  std::map<std::string, std::set<std::string>> without_security;  // path -> methods that need no certificate
  std::map<std::string, std::vector<std::string>> properties;     // schema -> fields in order
  std::map<std::string, std::vector<std::string>> required;
  std::map<std::string, std::vector<std::string>> names;  // enum schema -> names
};

std::vector<std::string> words_between(const std::string& line, char open, char close) {
  const auto from = line.rfind(open);
  const auto to = line.rfind(close);
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = from + 1; from != std::string::npos && i <= to && i < line.size(); ++i) {
    const char c = line[i];
    if (c == ',' || c == close) {
      words.push_back(word);
      word.clear();
    } else if (c != ' ' && c != '"') {
      word += c;
    }
  }
  return words;
}

// Reads the file by its indentation, which is enough for the way it is written.
Contract read_contract() {
  Contract contract;
  std::ifstream file(std::string(SOURCE_DIR) + "/ledger/wire/openapi.yaml");
  std::string section;
  std::string item;
  std::string part;
  for (std::string line; std::getline(file, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '#') continue;
    const std::string key = line.substr(indent, line.find(':') - indent);
    if (indent == 0) section = key;
    if (section == "paths" && indent == 2) item = key;
    if (section == "paths" && indent == 4) contract.operations[item].insert(part = key);
    if (section == "paths" && indent == 6 && line.find("security: []") != std::string::npos)
      contract.without_security[item].insert(part);
    if (section != "components") continue;
    if (indent == 4) item = key;
    if (indent == 4 && line.find("enum: [") != std::string::npos) contract.names[item] = words_between(line, '[', ']');
    if (indent == 6) part = key;
    if (indent == 6 && key == "required") contract.required[item] = words_between(line, '[', ']');
    if (indent == 8 && part == "properties") contract.properties[item].push_back(key);
    if (indent == 8 && item == "Error" && key == "error") contract.names["ApiError"] = words_between(line, '[', ']');
  }
  return contract;
}

template <class T>
void expect_fields(const Contract& contract, const std::string& schema) {
  std::vector<std::string> fields;
  for (const auto name : T::field_names()) fields.emplace_back(name);
  const auto found = contract.properties.find(schema);
  ASSERT_NE(found, contract.properties.end()) << schema;
  EXPECT_EQ(found->second, fields) << schema;
  EXPECT_EQ(contract.required.at(schema), fields) << schema;
}

template <class E>
void expect_names(const Contract& contract, const std::string& schema) {
  std::vector<std::string> names;
  for (const auto name : enum_names(EnumTag<E>{})) names.emplace_back(name);
  const auto found = contract.names.find(schema);
  ASSERT_NE(found, contract.names.end()) << schema;
  EXPECT_EQ(found->second, names) << schema;
}

TEST(OpenApi, HasExactlyTheRoutes) {
  std::map<std::string, std::set<std::string>> routes{{std::string(receipt_path), {"get"}}};
  std::map<std::string, std::set<std::string>> open = routes;
  for (const auto& route : terminal_routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    routes[std::string(route.path)].insert(method);
    if (!route.certificate) open[std::string(route.path)].insert(method);
  }
  const Contract contract = read_contract();
  EXPECT_EQ(contract.operations, routes);
  EXPECT_EQ(contract.without_security, open);
}

#define EXPECT_FIELDS(Type) expect_fields<wire::Type>(contract, #Type)

TEST(OpenApi, HasEveryFieldOfEveryMessage) {
  const Contract contract = read_contract();
  expect_fields<Tier>(contract, "Tier");
  EXPECT_FIELDS(WriteBack);
  EXPECT_FIELDS(CardState);
  EXPECT_FIELDS(Quote);
  EXPECT_FIELDS(TopUpRecord);
  EXPECT_FIELDS(Seal);
  EXPECT_FIELDS(PendingTopUp);
  EXPECT_FIELDS(IdentifyRequest);
  EXPECT_FIELDS(Identification);
  EXPECT_FIELDS(TenderedNote);
  EXPECT_FIELDS(AuthoriseRequest);
  EXPECT_FIELDS(Authorisation);
  EXPECT_FIELDS(SealRequest);
  EXPECT_FIELDS(SealAnswer);
  EXPECT_FIELDS(AbandonRequest);
  EXPECT_FIELDS(Abandonment);
  EXPECT_FIELDS(VoidRequest);
  EXPECT_FIELDS(VoidAnswer);
  EXPECT_FIELDS(Fact);
  EXPECT_FIELDS(FactsRequest);
  EXPECT_FIELDS(FactResult);
  EXPECT_FIELDS(FactsAnswer);
  EXPECT_FIELDS(HeartbeatRequest);
  EXPECT_FIELDS(HeartbeatAnswer);
  EXPECT_FIELDS(EnrolRequest);
  EXPECT_FIELDS(RenewRequest);
  EXPECT_FIELDS(Certificate);
}

TEST(OpenApi, HasEveryNameOfEveryEnum) {
  const Contract contract = read_contract();
  expect_names<wire::Refusal>(contract, "Refusal");
  expect_names<wire::FactStatus>(contract, "FactStatus");
  expect_names<ApiError>(contract, "ApiError");
}

}  // namespace
}  // namespace pilotlight::server
