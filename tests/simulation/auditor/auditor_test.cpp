// For each law a run in which it holds and runs in which it is broken: a check must be able to fail.
#include "tests/simulation/auditor/auditor.h"

#include <gtest/gtest.h>

#include "tests/simulation/auditor/small_town.h"

namespace pilotlight::audit {
namespace {

struct Bad {
  const char* name;
  const char* law;
  std::function<void(Town&)> change;
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.name; }

class BadRun : public testing::TestWithParam<Bad> {};

TEST(Auditor, finds_nothing_in_a_good_run) {
  Town town;
  const auto broken = town.live();
  EXPECT_FALSE(broken) << broken->law << " " << broken->detail;
  EXPECT_EQ(town.auditor.counts().notes, 2u);
  EXPECT_EQ(town.auditor.counts().card_writes, 1u);
}

TEST_P(BadRun, is_caught_by_its_law) {
  Town town;
  GetParam().change(town);
  const auto broken = town.live();
  ASSERT_TRUE(broken) << GetParam().name;
  EXPECT_EQ(broken->law, GetParam().law) << broken->detail;
  EXPECT_GT(broken->detail.size(), 20u);
}

void nothing() {}

const Bad cash[] = {
    {"note_credited_before_it_is_stacked", "M1", [](Town& t) { t.instead["box 1"] = nothing; }},
    {"note_in_the_box_and_returned_by_the_journal", "M2",
     [](Town& t) { t.instead["stacked 2"] = [&t] { t.row("NoteReturned", t.note_body(t.n2, 10000, "")); }; }},
    {"note_stacked_without_an_intention", "M4", [](Town& t) { t.instead["stacking 2"] = nothing; }},
    {"note_that_the_device_stacked_alone_is_never_found", "M1",
     [](Town& t) { t.instead["meter"] = [&t] { t.auditor.note_in_box("T1", 200, 2000, Stacked::ByItself); }; }},
    {"found_note_that_is_not_there", "M1",
     [](Town& t) {
       t.instead["meter"] = [&t] {
         t.row("NoteFound", R"({"note":")" + id(19) + R"(","value":2000,"account":"","evidence":""})");
       };
     }},
    {"note_id_used_twice", "M2",
     [](Town& t) { t.instead["stacking 2"] = [&t] { t.row("NoteStacking", t.note_body(t.n1, 10000, "")); }; }},
    {"note_worth_more_than_its_paper", "M2",
     [](Town& t) {
       t.twist["NoteStacked"] = {"5000", "10000"};
     }},
    {"note_credited_twice_in_the_journal", "M2",
     [](Town& t) { t.instead["check 1"] = [&t] { t.row("NoteStacked", t.note_body(t.n1, 5000, "")); }; }},
    {"second_note_on_one_command", "M4",
     [](Town& t) {
       t.instead["box 2"] = [&t] {
         t.auditor.note_in_box("T1", 102, 10000);
         t.auditor.note_in_box("T1", 103, 10000);
       };
     }},
    {"note_in_doubt_although_the_device_could_tell", "M1",
     [](Town& t) {
       t.instead["meter"] = [&t] {
         t.row("SessionOpened", R"({"session":")" + id(2) + R"("})");
         t.row("CustomerIdentified", R"({"session":")" + id(2) + R"(","account":"A1"})");
         const std::string body = R"({"session":")" + id(2) + R"(","note":")" + id(13) + R"(","value":2000})";
         t.row("NoteStacking", body);
         t.row("NoteInDoubt", body);
       };
     }},
    {"acceptor_enabled_without_paper", "M9",
     [](Town& t) { t.instead["enabled"] = [&t] { t.auditor.acceptor_enabled("T1", true, false); }; }},
    {"acceptor_enabled_without_uplink", "M9",
     [](Town& t) { t.instead["enabled"] = [&t] { t.auditor.acceptor_enabled("T1", false, true); }; }},
    {"acceptor_enabled_for_nobody", "M9",
     [](Town& t) {
       t.instead["opened"] = [&t] {
         t.auditor.acceptor_enabled("T1", true, true);
         t.row("SessionOpened", R"({"session":")" + t.s + R"("})");
       };
     }},
    {"note_taken_from_an_unknown_customer", "M9",
     [](Town& t) { t.instead["enabled"] = t.instead["identified"] = nothing; }},
};

const Bad book[] = {
    {"note_booked_twice", "M2",
     [](Town& t) {
       t.instead["reserve"] = [&t] {
         t.transfer(0, t.n1, "cash:T1", "tender:" + t.s, 5000);
         t.transfer(4, t.t, "tender:" + t.s, "pending:" + t.t, 15000);
       };
     }},
    {"note_booked_with_another_value", "M2",
     [](Town& t) {
       t.instead["book notes"] = [&t] {
         t.book_note(t.n1, 6000);
         t.book_note(t.n2, 10000);
       };
     }},
    {"note_booked_that_no_journal_has", "M2",
     [](Town& t) { t.instead["meter"] = [&t] { t.book_note(id(18), 500), t.look(); }; }},
    {"returned_note_credited", "M2",
     [](Town& t) {
       t.instead["box 2"] = nothing;
       t.instead["stacked 2"] = [&t] { t.row("NoteReturned", t.note_body(t.n2, 10000, "")); };
       t.instead["authorise"] = [&t] {
         t.book_note(t.n1, 5000);
         t.book_note(t.n2, 10000);
         t.look();
       };
     }},
    {"pending_released_twice", "M1",
     [](Town& t) {
       t.instead["meter"] = [&t] { t.transfer(8, t.t, "pending:" + t.t, "wallet:A1", 15000), t.look(); };
     }},
    {"suspense_released_without_cause", "M1",
     [](Town& t) { t.instead["meter"] = [&t] { t.transfer(9, t.s, "suspense:T1", "wallet:A1", 100), t.look(); }; }},
    {"balance_that_is_not_its_transfers", "M1",
     [](Town& t) { t.after["post"] = "UPDATE book_accounts SET credit = credit + 1 WHERE name = 'wallet:A1'"; }},
    {"transfer_missing_in_the_middle", "M10",
     [](Town& t) { t.after["book notes"] = "DELETE FROM transfers WHERE seq = 1"; }},
    {"money_given_back_and_gas_delivered", "M3",
     [](Town& t) {
       t.instead["post"] = [&t] { t.transfer(7, t.t, "pending:" + t.t, "tender:" + t.s, 15000), t.look(); };
     }},
    {"outcome_given_twice", "M5",
     [](Town& t) {
       t.after["post"] =
           "INSERT INTO outcomes (kind, id, content, answer) SELECT kind, id, content, answer FROM outcomes";
     }},
    {"change_kept_by_the_company", "M3",
     [](Town& t) {
       t.instead["post"] = [&t] {
         t.transfer(5, t.t, "pending:" + t.t, "revenue:gas", 14998);
         t.at_ledger("UPDATE top_ups SET state = 1; UPDATE cards SET purchase_number = 5");
       };
     }},
    {"note_row_missing", "M7", [](Town& t) { t.after["session row"] = "DELETE FROM notes WHERE value = 5000"; }},
    {"session_row_missing", "M7", [](Town& t) { t.instead["session row"] = nothing; }},
    {"document_row_missing", "M7", [](Town& t) { t.instead["document row"] = nothing; }},
    {"document_row_altered", "M7", [](Town& t) { t.after["document row"] = "UPDATE documents SET body = '{}'"; }},
    {"account_of_somebody_else", "M7", [](Town& t) { t.after["session row"] = "UPDATE sessions SET account = 'A2'"; }},
    {"row_that_the_ledger_never_got", "M10", [](Town& t) { t.instead["deliver"] = [&t] { t.look(); }; }},
    {"parked_row", "M2",
     [](Town& t) {
       t.instead["deliver"] = [&t] {
         t.at_ledger(
             "CREATE TRIGGER park AFTER INSERT ON facts WHEN new.kind = 'WriteVerified' BEGIN UPDATE facts SET parked "
             "= "
             "'not known' WHERE seq = new.seq; END");
         t.deliver();
       };
     }},
    {"two_rows_under_one_number", "M10",
     [](Town& t) {
       t.after["post"] = "INSERT INTO strays (terminal, number, kind, hash) VALUES ('T1', 1, 'x', x'00')";
     }},
    {"row_at_the_ledger_before_the_journal", "M4",
     [](Town& t) {
       t.instead["meter"] = [&t] {
         t.at_ledger(
             "INSERT INTO facts (terminal, number, kind, body, hash, parked) SELECT 'T1', number + 1, kind, body, "
             "hash, '' "
             "FROM facts ORDER BY seq DESC LIMIT 1");
         t.look();
       };
     }},
};

const Bad gas[] = {
    {"card_written_without_an_intention", "M4", [](Town& t) { t.instead["write intended"] = nothing; }},
    {"gas_without_money", "M4", [](Town& t) { t.instead["reserve"] = t.instead["answer"] = nothing; }},
    {"more_litres_than_paid", "M3",
     [](Town& t) { t.instead["card"] = [&t] { t.auditor.card(t.card, 5, 57040, 157040); }; }},
    {"two_purchases_at_once", "M3",
     [](Town& t) { t.instead["card"] = [&t] { t.auditor.card(t.card, 6, 57030, 157030); }; }},
    {"verified_and_not_on_the_card", "M3", [](Town& t) { t.instead["card"] = nothing; }},
    {"disproved_and_on_the_card", "M3",
     [](Town& t) { t.instead["verified"] = [&t] { t.row("WriteDisproved", t.top_up_body(R"(,"attempt":1)")); }; }},
    {"written_over_gas_that_was_not_loaded", "M3",
     [](Town& t) {
       t.instead["opened"] = [&t] {
         t.auditor.card_changed_elsewhere(t.card, 4, 500, 100000);
         t.row("SessionOpened", R"({"session":")" + t.s + R"("})");
       };
     }},
    {"second_write_before_the_first_is_proven", "M5",
     [](Town& t) {
       t.instead["card"] = [&t] {
         t.auditor.card(t.card, 5, 57030, 157030);
         t.row("WriteIntended", t.top_up_body(R"(,"attempt":2,"purchase_number":5)"));
       };
     }},
    {"rounded_to_the_loss_of_the_customer", "M3",
     [](Town& t) {
       t.twist["AuthoriseIntended"] = {R"("volume":57030,"cost":14998,"change":2)",
                                       R"("volume":57020,"cost":14996,"change":4)"};
     }},
    {"price_of_another_tariff", "M3",
     [](Town& t) {
       t.twist["AuthoriseIntended"] = {R"("cost":14998,"change":2)", R"("cost":15000,"change":0)"};
     }},
    {"asked_again_under_a_new_id", "M5",
     [](Town& t) {
       t.instead["authorised"] = [&t] {
         t.row("AuthoriseIntended", R"({"request":{"top_up":")" + id(22) + R"(","session":")" + t.s +
                                        R"(","account":"A1","amount":15000,"volume":57030,"cost":14998,"change":2}})");
       };
     }},
    {"another_record_than_confirmed", "M7",
     [](Town& t) {
       t.twist["TopUpAuthorised"] = {R"("volume":57030)", R"("volume":57020)"};
     }},
    {"money_for_gas_that_was_not_delivered", "M3", [](Town& t) { t.instead["write"] = t.instead["finish"] = nothing; }},
    {"pending_that_a_reading_would_have_resolved", "M6", [](Town& t) { t.instead["post"] = nothing; }},
    {"purchase_number_issued_twice", "M3",
     [](Town& t) {
       t.instead["write"] = [&t] {
         const std::string other = id(2), note = id(13), top_up = id(22);
         t.row("SessionOpened", R"({"session":")" + other + R"("})");
         t.row("CustomerIdentified", R"({"session":")" + other + R"(","account":"A1",)" + t.quote());
         const std::string body = R"({"session":")" + other + R"(","note":")" + note + R"(","value":15000})";
         t.row("NoteStacking", body);
         t.auditor.note_in_box("T1", 103, 15000);
         t.row("NoteStacked", body);
         t.row("AuthoriseIntended", t.request(top_up, other));
         t.transfer(0, note, "cash:T1", "tender:" + other, 15000);
         t.transfer(4, top_up, "tender:" + other, "pending:" + top_up, 15000);
         t.at_ledger("INSERT INTO top_ups SELECT " + blob(top_up) + ", terminal, " + blob(other) +
                     ", account, card_number, state, amount, number, volume, total, cost, change FROM top_ups");
         t.look();
       };
     }},
    {"litres_lost_between_card_and_meter", "M3",
     [](Town& t) { t.instead["meter"] = [&t] { t.auditor.card(t.card, 5, 0, 157030); }; }},
};

const Bad paper[] = {
    {"number_printed_without_an_intention", "M4",
     [](Town& t) { t.instead["document"] = [&t] { t.auditor.printed(t.receipt()); }; }},
    {"number_left_out", "M8",
     [](Town& t) {
       t.twist["DocumentIntended"] = {R"("number":1)", R"("number":2)"};
     }},
    {"number_used_again", "M8",
     [](Town& t) { t.instead["meter"] = [&t] { t.row("DocumentIntended", t.document(1, 0)); }; }},
    {"whole_paper_without_a_number", "M8",
     [](Town& t) { t.instead["meter"] = [&t] {
                     t.auditor.printed({"T1", {"投入现金 150.00 元"}, true});
                   }; }},
    {"printed_twice", "M8", [](Town& t) { t.instead["meter"] = [&t] { t.auditor.printed(t.receipt()); }; }},
    {"said_to_be_printed_and_is_not", "M8", [](Town& t) { t.instead["paper"] = nothing; }},
    {"torn_and_said_to_be_printed", "M8",
     [](Town& t) {
       t.instead["paper"] = [&t] {
         auto piece = t.receipt();
         piece.whole = false;
         t.auditor.printed(piece);
       };
     }},
    {"neither_printed_nor_void", "M8",
     [](Town& t) {
       t.instead["printed"] = nothing;
       t.after["document row"] = "UPDATE documents SET state = 0";
     }},
    {"replaces_what_was_printed", "M8",
     [](Town& t) { t.instead["meter"] = [&t] { t.row("DocumentIntended", t.document(2, 1)); }; }},
    {"paper_tells_another_amount", "M7",
     [](Town& t) {
       t.instead["paper"] = [&t] {
         auto piece = t.receipt();
         piece.lines[6] = "投入现金 160.00 元";
         t.auditor.printed(piece);
       };
     }},
    {"paper_is_silent_about_the_change", "M7",
     [](Town& t) {
       t.instead["paper"] = [&t] {
         auto piece = t.receipt();
         piece.lines.erase(piece.lines.begin() + 8);
         t.auditor.printed(piece);
       };
     }},
    {"screen_tells_another_amount", "M7",
     [](Town& t) {
       t.instead["show"] = [&t] {
         auto shown = t.result();
         shown.credited = 3;
         t.auditor.shown(shown);
       };
     }},
    {"screen_shows_a_document_that_is_never_issued", "M7",
     [](Town& t) {
       t.instead["meter"] = [&t] {
         auto shown = t.result();
         shown.document = 2;
         t.auditor.shown(shown);
       };
     }},
    {"screen_shows_what_is_never_recorded", "M6",
     [](Town& t) {
       t.instead["finish"] = [&t] { t.auditor.shown(t.result()); };
       t.after["session row"] = "UPDATE sessions SET ended = 0";
     }},
    {"document_tells_another_amount", "M7",
     [](Town& t) {
       t.twist["DocumentIntended"] = {R"("credited":2)", R"("credited":1)"};
     }},
    {"end_tells_another_amount", "M7",
     [](Town& t) {
       t.twist["SessionEnded"] = {R"("delivered":14998,"credited":2)", R"("delivered":14997,"credited":3)"};
     }},
    {"wrong_ending", "M6",
     [](Town& t) {
       t.twist["SessionEnded"] = {"Delivered", "Credited"};
     }},
    {"ends_twice", "M6", [](Town& t) { t.instead["meter"] = [&t] { t.row("SessionEnded", t.ending()); }; }},
    {"never_ends", "M6",
     [](Town& t) {
       t.instead["end"] = nothing;
       t.after["session row"] = "UPDATE sessions SET ended = 0";
     }},
    {"takes_too_long", "M6", [](Town& t) { t.instead["finish"] = [&t] { t.auditor.check(61 * 60 * 1000); }; }},
};

std::string name_of(const testing::TestParamInfo<Bad>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Cash, BadRun, testing::ValuesIn(cash), name_of);
INSTANTIATE_TEST_SUITE_P(Book, BadRun, testing::ValuesIn(book), name_of);
INSTANTIATE_TEST_SUITE_P(Gas, BadRun, testing::ValuesIn(gas), name_of);
INSTANTIATE_TEST_SUITE_P(Paper, BadRun, testing::ValuesIn(paper), name_of);

}  // namespace
}  // namespace pilotlight::audit
