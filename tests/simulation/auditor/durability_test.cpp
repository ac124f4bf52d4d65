// What could be seen stays (M4, M10), row by row; and the runs in which something goes wrong and nothing is broken.
#include <gtest/gtest.h>

#include "tests/simulation/auditor/small_town.h"

namespace pilotlight::audit {
namespace {

std::string text_of(const std::optional<Violation>& broken) {
  return broken ? broken->law + " " + broken->detail : std::string();
}

std::int64_t count(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* rows = nullptr;
  sqlite3_prepare_v2(database, sql.c_str(), -1, &rows, nullptr);
  const std::int64_t found = sqlite3_step(rows) == SQLITE_ROW ? sqlite3_column_int64(rows, 0) : -1;
  sqlite3_finalize(rows);
  return found;
}

// The same rows on another connection, as after a power cut.
sqlite3* copy(sqlite3* from) {
  sqlite3* to = nullptr;
  sqlite3_open(":memory:", &to);
  sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
  sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  return to;
}

TEST(AuditorDurability, journal_row_that_was_never_written_is_missed) {
  for (const auto& [kind, rows] : std::map<std::string, int>{{"SessionOpened", 1},
                                                             {"CustomerIdentified", 1},
                                                             {"NoteStacking", 2},
                                                             {"NoteStacked", 2},
                                                             {"AuthoriseIntended", 1},
                                                             {"TopUpAuthorised", 1},
                                                             {"WriteIntended", 1},
                                                             {"WriteVerified", 1},
                                                             {"DocumentIntended", 1},
                                                             {"DocumentPrinted", 1},
                                                             {"SessionEnded", 1}})
    for (int which = 0; which < rows; ++which) {
      Town town;
      town.omitted = kind;
      town.omit_after = which;
      EXPECT_TRUE(town.live()) << kind << " " << which;
    }
}

TEST(AuditorDurability, any_row_that_is_gone_afterwards_is_missed) {
  Town whole;
  ASSERT_EQ(text_of(whole.live()), "");
  for (const std::string table : {"transfers", "facts", "outcomes", "notes", "top_ups", "sessions", "documents",
                                  "cards", "book_accounts", "terminals"}) {
    const std::int64_t rows = count(whole.ledger, "SELECT count(*) FROM " + table);
    ASSERT_GT(rows, 0) << table;
    for (std::int64_t which = 0; which < rows; ++which) {
      Town town;
      town.live();
      const bool keyed = table != "transfers" && table != "facts" && table != "outcomes" && table != "book_accounts";
      const std::map<std::string, std::string> keys = {{"notes", "note"},        {"top_ups", "top_up"},
                                                       {"sessions", "session"},  {"documents", "number"},
                                                       {"cards", "card_number"}, {"terminals", "terminal"}};
      const std::string key = keyed ? keys.at(table) : "rowid";
      town.at_ledger("DELETE FROM " + table + " WHERE " + key + " = (SELECT " + key + " FROM " + table +
                     " LIMIT 1 OFFSET " + std::to_string(which) + ")");
      EXPECT_TRUE(town.auditor.settled(4000, {{town.card}, true})) << table << " row " << which;
    }
  }
  const std::int64_t rows = count(whole.journal, "SELECT count(*) FROM records");
  for (std::int64_t which = 1; which <= rows; ++which) {
    Town town;
    town.live();
    Town::run(town.journal, "DELETE FROM records WHERE seq = " + std::to_string(which));
    EXPECT_TRUE(town.auditor.settled(4000, {{town.card}, true})) << "journal row " << which;
  }
}

TEST(AuditorDurability, any_fen_that_changes_afterwards_is_missed) {
  Town whole;
  ASSERT_EQ(text_of(whole.live()), "");
  for (const std::string change :
       {"transfers SET fen = fen + 1", "notes SET value = value + 1", "notes SET state = 1",
        "top_ups SET cost = cost + 1", "top_ups SET volume = volume + 10", "book_accounts SET debit = debit + 1",
        "cards SET purchase_number = 6", "facts SET hash = x'00'", "documents SET state = 2"}) {
    Town town;
    town.live();
    town.at_ledger("UPDATE " + change);
    EXPECT_TRUE(town.auditor.settled(4000, {{town.card}, true})) << change;
  }
}

TEST(AuditorDurability, journal_after_a_power_cut) {
  Town town;
  ASSERT_EQ(text_of(town.live()), "");
  sqlite3* whole = copy(town.journal);
  town.auditor.closing(town.journal);
  town.auditor.reopened("T1", whole);
  EXPECT_EQ(text_of(town.auditor.check(4000)), "");
  sqlite3* cut = copy(town.journal);
  Town::run(cut, "DELETE FROM records WHERE seq = (SELECT max(seq) FROM records)");
  town.auditor.reopened("T1", cut);
  const auto broken = town.auditor.check(4000);
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->law, "M4");
  town.auditor.closing(cut);
  sqlite3_close(whole);
  sqlite3_close(cut);
}

TEST(AuditorDurability, altered_journal_row_after_a_power_cut) {
  Town town;
  ASSERT_EQ(text_of(town.live()), "");
  sqlite3* altered = copy(town.journal);
  Town::run(altered, "UPDATE records SET body = replace(body, '5000', '500') WHERE kind = 'NoteStacked'");
  town.auditor.reopened("T1", altered);
  const auto broken = town.auditor.check(4000);
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->law, "M10");
  town.auditor.closing(altered);
  sqlite3_close(altered);
}

TEST(AuditorDurability, ledger_after_a_power_cut) {
  Town town;
  ASSERT_EQ(text_of(town.live()), "");
  sqlite3* whole = copy(town.ledger);
  town.auditor.closing(town.ledger);
  town.auditor.ledger_reopened(whole);
  EXPECT_EQ(text_of(town.auditor.check(4000)), "");
  sqlite3* cut = copy(town.ledger);
  Town::run(cut, "DELETE FROM transfers WHERE seq = (SELECT max(seq) FROM transfers)");
  town.auditor.ledger_reopened(cut);
  const auto broken = town.auditor.check(4000);
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->law, "M4");
  town.auditor.closing(cut);
  sqlite3_close(whole);
  sqlite3_close(cut);
}

TEST(AuditorDurability, restored_ledger_may_forget_and_must_learn_again) {
  Town town;
  sqlite3* standby = nullptr;
  town.instead["write"] = [&] {
    standby = copy(town.ledger);
    town.write();
  };
  ASSERT_EQ(text_of(town.live()), "");
  town.auditor.closing(town.ledger);
  std::swap(town.ledger, standby);
  town.auditor.ledger_restored(town.ledger);
  EXPECT_EQ(text_of(town.auditor.check(4000)), "");
  town.delivered = 0;
  town.settle_books();
  EXPECT_EQ(text_of(town.auditor.settled(5000, {{town.card}, true})), "");
  sqlite3_close(standby);
}

TEST(AuditorDurability, restored_ledger_that_does_not_catch_up) {
  Town town;
  sqlite3* standby = nullptr;
  town.instead["write"] = [&] {
    standby = copy(town.ledger);
    town.write();
  };
  ASSERT_EQ(text_of(town.live()), "");
  town.auditor.closing(town.ledger);
  std::swap(town.ledger, standby);
  town.auditor.ledger_restored(town.ledger);
  EXPECT_TRUE(town.auditor.settled(5000, {{town.card}, true}));
  sqlite3_close(standby);
}

TEST(AuditorTrouble, note_that_the_device_took_alone_is_in_suspense) {
  Town town;
  const std::string found = id(19);
  town.instead["check 2"] = [&] {
    town.auditor.note_in_box("T1", 300, 2000, Stacked::ByItself);
    EXPECT_FALSE(town.auditor.check(1000));
    town.row("NoteFound", R"({"note":")" + found + R"(","value":2000,"account":"","evidence":""})");
    town.at_ledger("INSERT INTO notes VALUES (" + blob(found) + ", 'T1', zeroblob(16), 2000, 3)");
    town.transfer(1, found, "cash:T1", "suspense:T1", 2000);
  };
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, found_note_of_unknown_value_leaves_its_paper_unexplained_and_nothing_else) {
  Town town;
  const std::string found = id(19);
  town.instead["check 2"] = [&] {
    town.auditor.note_in_box("T1", 300, 2000, Stacked::ByItself);
    town.row("NoteFound", R"({"note":")" + found + R"(","value":0,"account":"","evidence":""})");
    town.at_ledger("INSERT INTO notes VALUES (" + blob(found) + ", 'T1', zeroblob(16), 0, 3)");
  };
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, fished_note_is_a_loss_and_no_mistake) {
  Town town;
  town.instead["check 2"] = [&] { town.auditor.note_left_box("T1", 102, LeftBox::Fished); };
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, collected_notes_still_count) {
  Town town;
  town.instead["check 2"] = [&] { town.auditor.note_left_box("T1", 102); };
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, note_that_came_back_before_it_was_stacked) {
  Town town;
  town.instead["check 2"] = [&] {
    town.row("NoteStacking", town.note_body(id(14), 2000, ""));
    town.row("NoteReturned", town.note_body(id(14), 2000, ""));
    town.at_ledger("INSERT INTO notes VALUES (" + blob(id(14)) + ", 'T1', " + blob(town.s) + ", 2000, 1)");
  };
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, spoiled_receipt_that_is_replaced) {
  Town town;
  town.instead["paper"] = [&] {
    auto piece = town.receipt();
    piece.whole = false;
    piece.lines.resize(5);
    town.auditor.printed(piece);
    town.auditor.printed({"T1", {"购气序号 5", "购气量 57.03 立方米"}, true});  // its rest, on a new roll
    town.row("DocumentIntended", town.document(2, 1));
    town.row("DocumentVoided", R"({"number":1,"reason":"torn"})");
    piece = town.receipt();
    piece.lines[2] = "No. T1-000002";
    piece.lines.insert(piece.lines.begin() + 3, "补打，替代 T1-000001");
    town.auditor.printed(piece);
  };
  town.instead["printed"] = [&] { town.row("DocumentPrinted", R"({"number":2})"); };
  town.after["document row"] =
      "UPDATE documents SET state = 2; INSERT INTO documents VALUES ('T1', 2, 1, 1, '" + town.document(2, 1) + "')";
  EXPECT_EQ(text_of(town.live()), "");
}

// The customer changes her mind after two notes: all of it goes to her account, by a slip that says so.
void change_mind(Town& town, std::int64_t credited) {
  town.instead["authorise"] = town.instead["write"] = town.instead["meter"] = [] {};
  town.instead["finish"] = [&town, credited] {
    const std::string slip = R"({"document":{"number":1,"replaces":0,"kind":"CreditSlip","session":")" + town.s +
                             R"(","top_up":"00000000-0000-0000-0000-000000000000","account":"A1","card_number":")" +
                             town.card +
                             R"(","tendered":15000,"cost":0,"credited":15000,"volume":0,"purchase_number":0}})";
    town.row("DocumentIntended", slip);
    town.row(
        "SessionEnded",
        R"({"session":")" + town.s +
            R"(","ending":"Credited","account":"A1","tendered":15000,"delivered":0,"credited":15000,"pending":0})");
    town.auditor.shown({"T1", town.s, "Credited", 15000, 0, 15000, 0, 0, 1});
    town.auditor.printed({"T1",
                          {"ACCOUNT CREDIT SLIP", "No. T1-000001", "Account ends in A1", "Card ends in 0001",
                           "Cash inserted 150.00 yuan", "To account", "150.00 yuan"},
                          true});
    town.row("DocumentPrinted", R"({"number":1})");
    town.book_note(town.n1, 5000);
    town.book_note(town.n2, 10000);
    if (credited > 0) town.transfer(9, town.s, "tender:" + town.s, "wallet:A1", credited);
    town.at_ledger("INSERT INTO documents VALUES ('T1', 1, 0, 1, '" + slip + "')");
  };
  town.instead["post"] = town.instead["document row"] = [] {};
}

TEST(AuditorTrouble, changed_mind_is_credited_whole) {
  Town town;
  change_mind(town, 15000);
  EXPECT_EQ(text_of(town.live()), "");
}

TEST(AuditorTrouble, changed_mind_that_is_credited_in_part_or_not_at_all) {
  for (const std::int64_t credited : {14999, 0}) {
    Town town;
    change_mind(town, credited);
    const auto broken = town.live();
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->law, "M7") << broken->detail;
  }
}

TEST(AuditorTrouble, unread_database_is_no_verdict) {
  Town town;
  ASSERT_EQ(text_of(town.live()), "");
  sqlite3_progress_handler(
      town.ledger, 1, [](void*) { return 1; }, nullptr);
  town.auditor.look_at_ledger(town.ledger);
  sqlite3_progress_handler(town.ledger, 0, nullptr, nullptr);
  EXPECT_EQ(text_of(town.auditor.check(4000)), "");
}

}  // namespace
}  // namespace pilotlight::audit
