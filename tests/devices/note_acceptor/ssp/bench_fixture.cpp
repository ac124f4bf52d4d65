#include "tests/devices/note_acceptor/ssp/bench_fixture.h"

#include "devices/note_acceptor/ssp/frame.h"

namespace pilotlight::devices {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

std::string to_text(const AcceptorEvent& event) {
  return std::visit(Overloaded{[](const AcceptorReady& e) {
                                 std::string text = "ready " + e.serial + " [";
                                 for (const Money value : e.denominations)
                                   text += (text.back() == '[' ? "" : " ") + std::to_string(value.fen / 100);
                                 return text + "] " + std::to_string(e.stacked);
                               },
                               [](const NoteReading&) { return std::string("reading"); },
                               [](const NoteEscrowed& e) { return "escrow " + to_decimal(e.value); },
                               [](const NoteCredited& e) { return "credited " + to_decimal(e.value); },
                               [](const NoteRejected& e) { return "rejected " + std::to_string(e.reason); },
                               [](const NoteCleared& e) {
                                 return std::string("cleared ") + (e.to == ClearedTo::Front ? "front " : "cashbox ") +
                                        (e.value ? to_decimal(*e.value) : "?");
                               },
                               [](const AcceptorAtRest& e) { return "rest " + std::to_string(e.stacked); },
                               [](const FaultRaised& e) { return "raised " + std::string(enum_name(e.fault)); },
                               [](const FaultCleared& e) { return "over " + std::string(enum_name(e.fault)); }},
                    event);
}

Bench::Bench() : acceptor(options()) {}

SspOptions Bench::options() {
  SspOptions options;
  options.denominations = {yuan(100), yuan(1), yuan(5), yuan(10), yuan(20), yuan(50)};
  return options;
}

std::string Bench::set_up_reply() {
  return "f00030333333434e5900000106"
         "01050a143264"
         "020202020202"
         "00006406"
         "434e59434e59434e59434e59434e59434e59"
         "01000000050000000a000000140000003200000064000000";
}

std::string Bench::next() {
  const std::int64_t limit = now + 60'000;
  while (true) {
    Bytes output = acceptor.take_output();
    if (!output.empty()) {
      ssp::FrameDecoder decoder;
      for (std::size_t i = 0; i < output.size(); ++i) {
        const auto decoded = decoder.push(output[i]);
        if (!decoded) continue;
        EXPECT_EQ(i + 1, output.size()) << "one frame at a time";
        const auto* frame = std::get_if<ssp::Frame>(&*decoded);
        if (frame == nullptr) break;
        head = frame->sequence_and_address;
        last_wire = std::move(output);
        return to_hex(frame->data);
      }
      return "damaged " + to_hex(output);
    }
    const auto deadline = acceptor.deadline();
    if (!deadline || *deadline > limit) return "";
    now = std::max(now, *deadline);
    acceptor.wake(moment());
  }
}

Bytes Bench::wire_answer(std::string_view data) const { return ssp::encode_frame(head, from_hex(data).value()); }

void Bench::answer(std::string_view data) {
  now += 10;
  receive(wire_answer(data));
}

void Bench::expect(std::string_view command, std::string_view data) {
  ASSERT_EQ(next(), command) << "to be answered by " << data;
  answer(data);
}

void Bench::expect_each(std::initializer_list<std::pair<std::string_view, std::string_view>> exchanges) {
  for (const auto& [command, data] : exchanges) ASSERT_NO_FATAL_FAILURE(expect(command, data));
}

std::string Bench::events() {
  std::string text;
  for (const AcceptorEvent& event : acceptor.take_events()) text += (text.empty() ? "" : ", ") + to_text(event);
  return text;
}

void Bench::identify(std::string_view serial) {
  expect_each({{"11", "f0"}, {"0608", "f0"}, {"05", set_up_reply()}, {"0c", "f0" + std::string(serial)}});
}

void Bench::start_up(std::string_view first_poll, std::uint8_t stacked) {
  identify();
  std::string counters = "f005" + to_hex(Bytes{stacked}) + "000000" + std::string(32, '0');
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", first_poll}, {"58", counters}});
}

void Bench::run_enabled() {
  acceptor.line_opened(moment());
  acceptor.enable();
  start_up();
  expect_each({{"023f00", "f0"}, {"0a", "f0"}});
  events();
}

void Bench::bring_to_escrow() {
  run_enabled();
  expect_each({{"07", "f0ef00"}, {"07", "f0ef06"}});
  ASSERT_EQ(events(), "reading, escrow 100.00");
}

}  // namespace pilotlight::devices
