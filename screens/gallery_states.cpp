// The fixed states of the gallery.
#include "kiosk/core/step.h"
#include "screens/gallery.h"

namespace pilotlight::screens {

using core::CardTrouble;
using core::NoteStatus;
using core::Overlay;
using core::Page;
using core::State;
using core::Work;
using wire::Ending;
using wire::Refusal;

namespace {

constexpr std::int64_t steady = 1'000'450;

Id id_of(std::uint8_t n) {
  Id id;
  id.bytes[15] = n;
  id.bytes[0] = 1;
  return id;
}

State base() {
  core::Settings settings;
  settings.terminal = "T0042";
  settings.hotline = "95158";
  settings.emergency = "119";
  for (const int value : {1, 5, 10, 20, 50, 100}) settings.denominations.push_back(yuan(value));
  for (const int value : {50, 100, 150, 200, 300, 500}) settings.quick_amounts.push_back(yuan(value));
  State state;
  state.settings = settings;
  state.devices.acceptor_ready = state.devices.reader_ready = state.devices.printer_ready = true;
  state.devices.card_present = state.devices.uplink_up = true;
  state.talk.page = Page::Home;
  state.talk.last_activity_ms = steady;
  state.now = exhibit_moment();
  return state;
}

wire::Quote quote() {
  wire::Quote q;
  q.id = id_of(9);
  q.business_date = "2026-01-05";
  q.tiers = {{Money{324}, Volume{118'000}}, {Money{389}, Volume{240'000}}, {Money{486}, Volume{}}};
  q.scale = Volume{10};
  q.maximum = yuan(800);
  return q;
}

State with_card(Page page) {
  State state = base();
  state.talk.page = page;
  state.talk.session = id_of(1);
  state.talk.card.card_number = "3303000000104217";
  state.talk.card.purchase_number = 17;
  state.talk.card.write_back.purchase_number = 17;
  state.talk.card.write_back.remaining = Volume{12'480};
  wire::Identification who;
  who.account = "330300107726";
  who.masked_name = "王**";
  who.masked_address = "幸福路**号*单元***";
  who.wallet = Money{236};
  who.last_top_up = yuan(200);
  who.quote = quote();
  state.talk.identification = who;
  core::Session session;
  session.id = id_of(1);
  session.account = who.account;
  session.masked_name = who.masked_name;
  session.card = state.talk.card;
  session.quote = who.quote;
  state.money.sessions.push_back(session);
  return state;
}

State with_notes(Page page, std::initializer_list<int> notes) {
  State state = with_card(page);
  std::uint8_t n = 20;
  Money total;
  for (const int value : notes) {
    state.money.sessions[0].notes.push_back({id_of(n++), yuan(value), NoteStatus::Stacked});
    total += yuan(value);
    state.talk.announcement = {n, core::Call::NoteAccepted, yuan(value), total};
  }
  state.talk.goal = yuan(200);
  return state;
}

State ended(Ending ending, core::SlipState slip) {
  State state = with_notes(Page::Result, {100, 50});
  auto& talk = state.talk;
  talk.ending = ending;
  talk.slip = slip;
  talk.deadline_ms = steady + 24'000;
  talk.outcome.ending = ending;
  if (ending == Ending::NothingTendered) return state;
  talk.outcome.tendered = yuan(150);
  talk.document_number = 17;
  talk.document.number = 17;
  if (ending == Ending::Delivered || ending == Ending::PendingOnCard) {
    const Purchase purchase = buy(yuan(150), quote().tiers, quote().scale);
    talk.document.volume = purchase.volume;
    (ending == Ending::Delivered ? talk.outcome.delivered : talk.outcome.pending) = purchase.cost;
    talk.outcome.credited = purchase.change;
  }
  if (ending == Ending::Credited) talk.outcome.credited = yuan(150);
  if (ending == Ending::HandedToStaff) {
    talk.outcome.credited = yuan(100);
    talk.outcome.in_doubt = yuan(50);
  }
  return state;
}

State no_service(void (*change)(State&)) {
  State state = base();
  state.talk.page = Page::OutOfService;
  state.devices.card_present = false;
  change(state);
  return state;
}

State overlaid(State state, Overlay overlay) {
  state.talk.overlay = overlay;
  return state;
}

void add_simple_pages(std::vector<Exhibit>& out) {
  State attract = base();
  attract.talk.page = Page::Attract;
  out.push_back({"attract", attract});
  out.push_back({"home", base()});
  State insert = base();
  insert.talk.page = Page::InsertCard;
  out.push_back({"insert-card", insert});
  State reading = base();
  reading.talk.page = Page::Reading;
  reading.talk.deadline_ms = steady + 18'000;
  out.push_back({"reading", reading});
  State asking = with_card(Page::Reading);
  asking.talk.deadline_ms = steady + 12'000;
  out.push_back({"reading-account", asking});
  State arrears = with_card(Page::Account);
  arrears.talk.identification->arrears = Money{4'612};
  arrears.talk.card.volume = Volume{8'000};
  out.push_back({"account", with_card(Page::Account)});
  out.push_back({"account-arrears", arrears});
  out.push_back({"amount", with_card(Page::Amount)});
  State fresh = with_card(Page::Amount);
  fresh.talk.identification->last_top_up = Money{};
  out.push_back({"amount-first", fresh});
  State typed = with_card(Page::Keypad);
  out.push_back({"keypad", typed});
  typed.talk.typed = "180";
  out.push_back({"keypad-180", typed});
  typed.talk.typed = "90000";
  out.push_back({"keypad-too-much", typed});
}

void add_tender_pages(std::vector<Exhibit>& out) {
  State feeding = with_notes(Page::Cash, {});
  out.push_back({"cash", feeding});
  feeding = with_notes(Page::Cash, {100, 50});
  out.push_back({"cash-150", feeding});
  feeding.devices.note_in_motion = true;
  out.push_back({"cash-moving", feeding});
  for (const core::NoteRefusal refusal : {core::NoteRefusal::NotRecognised, core::NoteRefusal::OverLimit,
                                          core::NoteRefusal::Closing, core::NoteRefusal::NotAccepted}) {
    State back = with_notes(Page::Cash, {100});
    back.talk.note_refusal = refusal;
    out.push_back({"cash-note-" + std::string(enum_name(refusal)), back});
  }
  out.push_back({"cash-many", with_notes(Page::Cash, {100, 100, 50, 50, 20, 20, 10, 10, 5, 5, 1, 1})});
  out.push_back({"settling", with_notes(Page::Settling, {100, 50})});
  State confirm = with_notes(Page::Confirm, {100, 50});
  out.push_back({"confirm", confirm});
  confirm.talk.quote_changed = true;
  out.push_back({"confirm-changed", confirm});
  for (std::size_t i = 0; i < enum_count<Work>(); ++i) {
    State working = with_notes(Page::Working, {100, 50});
    working.talk.work = static_cast<Work>(i);
    working.talk.deadline_ms = steady + 15'000;
    out.push_back({"working-" + std::string(enum_name(working.talk.work)), working});
  }
  State card_out = with_notes(Page::CardOut, {100, 50});
  card_out.talk.deadline_ms = steady + 47'000;
  card_out.devices.card_present = false;
  out.push_back({"card-out", card_out});
  State uplink = with_notes(Page::UplinkWait, {100, 50});
  uplink.talk.deadline_ms = steady + 52'000;
  uplink.devices.uplink_up = false;
  out.push_back({"uplink-wait", uplink});
  for (std::size_t i = 0; i < enum_count<Ending>(); ++i) {
    const auto ending = static_cast<Ending>(i);
    out.push_back(
        {"result-" + std::string(enum_name(ending)),
         ended(ending, ending == Ending::NothingTendered ? core::SlipState::None : core::SlipState::Printed)});
  }
  out.push_back({"result-printing", ended(Ending::Delivered, core::SlipState::Printing)});
  out.push_back({"result-slip-waiting", ended(Ending::Credited, core::SlipState::Waiting)});
  out.push_back({"result-slip-failed", ended(Ending::Delivered, core::SlipState::Failed)});
  State take = with_card(Page::TakeCard);
  take.talk.slip = core::SlipState::Printed;
  out.push_back({"take-card", take});
  take.talk.card_forgotten = true;
  out.push_back({"take-card-forgotten", take});
}

void add_refusals(std::vector<Exhibit>& out) {
  for (std::size_t i = 0; i < enum_count<CardTrouble>(); ++i) {
    State state = base();
    state.talk.page = Page::CardProblem;
    state.talk.card_trouble = static_cast<CardTrouble>(i);
    out.push_back({"card-problem-" + std::string(enum_name(state.talk.card_trouble)), state});
  }
  for (std::size_t i = 0; i < enum_count<Refusal>(); ++i) {
    State state = with_card(Page::NotSold);
    state.talk.refusal = static_cast<Refusal>(i);
    out.push_back({"not-sold-" + std::string(enum_name(state.talk.refusal)), state});
  }
  out.push_back({"out-of-service-network", no_service([](State& s) { s.devices.uplink_up = false; })});
  out.push_back({"out-of-service-journal", no_service([](State& s) { s.devices.journal_failed = true; })});
  out.push_back({"out-of-service-trade", no_service([](State& s) { s.devices.may_trade = false; })});
  out.push_back({"out-of-service-reader", no_service([](State& s) { s.devices.reader_ready = false; })});
  out.push_back({"out-of-service-acceptor", no_service([](State& s) { s.devices.acceptor_ready = false; })});
  out.push_back({"out-of-service-faulty",
                 no_service([](State& s) { s.devices.acceptor_faults = {core::AcceptorFault::SafeJam}; })});
  out.push_back({"out-of-service-box", no_service([](State& s) { s.money.box_notes = 900; })});
  out.push_back({"out-of-service-printer", no_service([](State& s) { s.devices.printer_ready = false; })});
}

void add_overlays(std::vector<Exhibit>& out) {
  out.push_back({"overlay-smell-gas", overlaid(base(), Overlay::SmellGas)});
  out.push_back({"overlay-help", overlaid(with_card(Page::Amount), Overlay::Help)});
  out.push_back({"overlay-staff", overlaid(with_card(Page::Amount), Overlay::StaffCalled)});
  State still = overlaid(with_notes(Page::Cash, {100, 50}), Overlay::StillThere);
  still.talk.last_activity_ms = steady - still.settings.page_ms - 4'000;
  out.push_back({"overlay-still-there", still});
  out.push_back({"overlay-cancel", overlaid(with_notes(Page::Cash, {100, 50}), Overlay::CancelQuestion)});
  out.push_back({"overlay-cancel-nothing", overlaid(with_card(Page::Amount), Overlay::CancelQuestion)});
}

}  // namespace

Moment exhibit_moment() { return {steady, 1'767'576'600'000}; }

std::vector<Exhibit> exhibits() {
  std::vector<Exhibit> all;
  add_simple_pages(all);
  add_tender_pages(all);
  add_refusals(all);
  add_overlays(all);
  return all;
}

}  // namespace pilotlight::screens
