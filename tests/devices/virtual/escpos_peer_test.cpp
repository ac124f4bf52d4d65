// The virtual printer over TCP; bytes from printer-escpos section 7. zbarimg, which knows nothing of us, reads its
// codes.
#include "devices/virtual/escpos_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <png.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "tests/devices/virtual/cabinet_fixture.h"

namespace pilotlight::cabinet {
namespace {

namespace json = boost::json;

const std::string heading = "1B401C26 1B6101 1B4501 1D2111 C8BCC6F8B3E4D6B5 0A 1D2100 1B4500 1B6100";
const std::string qr =
    "1D286B0400314132 00 1D286B0300314306 1D286B0300314531 1D286B1E00315030"
    "68747470733A2F2F6578616D706C652E696E76616C69642F722F31 1D286B0300315130";
const std::string code128_bars = "1D6850 1D7702 1D4802 1D6B490A7B423132333435363738";
const std::string raster = "1D76300002000800 FFFF 8001 8001 8001 8001 8001 8001 FFFF";
const std::string cut = "1D564200";
const std::string end_of_job = "1D7201";

class Client {
 public:
  explicit Client(std::int64_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& hex) {
    const Bytes bytes = from_hex(hex).value();
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  // The next `size` bytes that the printer says, in hex; fewer if they do not come.
  std::string hear(std::size_t size, int timeout_ms = 10'000) {
    Bytes bytes;
    std::uint8_t byte = 0;
    while (bytes.size() < size && readable(fd_, timeout_ms) && ::recv(fd_, &byte, 1, 0) == 1) bytes.push_back(byte);
    return to_hex(bytes);
  }

 private:
  int fd_;
};

class PrinterTest : public CabinetTest {
 protected:
  void start_printer(const std::string& more = "") {
    start("[printer]\nlisten = \"127.0.0.1:0\"\nspeed_mm_per_s = 0\noutput_dir = \"" + output().string() + "\"\n" +
          more);
  }
  std::filesystem::path output() const { return directory_ / "receipts"; }
  json::object printer() { return must("state").at("printer").as_object(); }
  std::int64_t port() { return printer().at("port").as_int64(); }
  std::set<std::string> files() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(output())) names.insert(entry.path().filename());
    return names;
  }
  std::string text(const json::object& piece) {
    std::string all;
    for (const json::value& line : piece.at("text").as_array()) all += std::string(line.as_string()) + "|";
    return all;
  }
  // Waits until `n` pieces have come out.
  void wait_for_pieces(std::int64_t n) {
    for (int i = 0; i < 500 && printer().at("pieces").as_int64() < n; ++i) readable(-1, 10);
    ASSERT_EQ(printer().at("pieces").as_int64(), n);
  }
};

std::string output_of(const std::string& command) {
  std::string all;
  std::array<char, 256> block{};
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  while (std::fgets(block.data(), block.size(), pipe) != nullptr) all += block.data();
  ::pclose(pipe);
  return all;
}

struct Picture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> grey;
  std::size_t black(std::size_t left, std::size_t top, std::size_t right, std::size_t bottom) const {
    std::size_t count = 0;
    for (std::size_t y = top; y < bottom; ++y)
      for (std::size_t x = left; x < right; ++x) count += grey[y * width + x] < 128;
    return count;
  }
};

Picture read_png(const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, file.c_str()), 0);
  image.format = PNG_FORMAT_GRAY;
  Picture picture{image.width, image.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
  EXPECT_NE(png_image_finish_read(&image, nullptr, picture.grey.data(), 0, nullptr), 0);
  return picture;
}

TEST_F(PrinterTest, RendersTheReferenceVectors) {
  start_printer();
  Client client(port());
  client.send(heading + "1B6101" + code128_bars + "1B640A" + qr + raster + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  const json::object last = must("printer last");
  EXPECT_TRUE(last.at("cut").as_bool());
  EXPECT_EQ(text(last), "燃气充值|[CODE128 12345678]|12345678|[QR https://example.invalid/r/1]|[raster 16x8]|");
  const std::string codes = output_of("zbarimg -q " + std::string(last.at("png").as_string()));
  EXPECT_NE(codes.find("QR-Code:https://example.invalid/r/1"), std::string::npos) << codes;
  EXPECT_NE(codes.find("CODE-128:12345678"), std::string::npos) << codes;
  EXPECT_EQ(files(), (std::set<std::string>{"000001.png", "000001.txt"}));
  EXPECT_TRUE(printer().at("unknown_commands").as_array().empty());
}

TEST_F(PrinterTest, PutsDotsWhereTheyBelong) {
  start_printer();
  Client client(port());
  client.send("1B40" + raster + "1B6102" + raster + "1D763003 01000100 80" + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  const Picture picture = read_png(std::string(must("printer last").at("png").as_string()));
  ASSERT_EQ(picture.width, 576u + 64);
  EXPECT_EQ(picture.black(32, 32, 48, 40), 16u * 8 - 14 * 6);              // left, a frame of one dot
  EXPECT_EQ(picture.black(32 + 560, 40, 32 + 576, 48), 16u * 8 - 14 * 6);  // right
  EXPECT_EQ(picture.black(32 + 560, 48, 32 + 562, 50), 4u);                // one dot, double width and height
  EXPECT_EQ(picture.black(0, 0, picture.width, picture.height), 2 * (16u * 8 - 14 * 6) + 4);
}

TEST_F(PrinterTest, BoldIsBlackerAndDoubleSizeFourfold) {
  start_printer();
  Client client(port());
  std::vector<std::size_t> black;
  for (const std::string mode : {"", "1B4501", "1D2111"}) {
    client.send("1B401C26" + mode + "C8BC 0A" + cut + end_of_job);
    EXPECT_EQ(client.hear(1), "00");
    const Picture picture = read_png(std::string(must("printer last").at("png").as_string()));
    black.push_back(picture.black(0, 0, picture.width, picture.height));
  }
  EXPECT_GT(black[0], 100u);
  EXPECT_GT(black[1], black[0] * 11 / 10);
  EXPECT_GT(black[2], black[0] * 3);
  EXPECT_LT(black[2], black[0] * 5);
}

TEST_F(PrinterTest, NeedsChineseModeForChinese) {
  start_printer();
  Client client(port());
  client.send("1B40 C8BC 0A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_EQ(text(must("printer last")), "╚╝|");  // code page 437
}

TEST_F(PrinterTest, WrapsAtTheWidthOfThePaper) {
  start_printer("width_dots = 384\n");
  Client client(port());
  std::string line;
  for (int i = 0; i < 33; ++i) line += "41";
  client.send("1B40" + line + "0A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_EQ(text(must("printer last")), std::string(32, 'A') + "|A|");
}

TEST_F(PrinterTest, AnswersRealTimeStatusEvenInsideAPictureAndOffline) {
  start_printer();
  Client client(port());
  client.send("1B40 100401 100402 100403 100404");
  EXPECT_EQ(client.hear(4), "12121212");
  client.send("1D763000 03000200 100401 FFFFFF");
  EXPECT_EQ(client.hear(1), "12");
  must("printer cover open");
  client.send("100401 100402");
  EXPECT_EQ(client.hear(2), "1a16");
  must("printer paper out");
  client.send("100402 100404");
  EXPECT_EQ(client.hear(2), "367e");
  must("printer cover close");
  must("printer paper near-end");
  client.send("100401 100404");
  EXPECT_EQ(client.hear(2), "121e");
}

TEST_F(PrinterTest, TellsEveryChangeByItselfWhenAsked) {
  start_printer();
  Client client(port());
  client.send("1D610E");
  EXPECT_EQ(client.hear(4), "10000000");
  must("printer cover open");
  EXPECT_EQ(client.hear(4), "38000000");
  must("printer cover close");
  EXPECT_EQ(client.hear(4), "10000000");
  must("printer paper out");
  EXPECT_EQ(client.hear(4), "18000f00");
  client.send("1D6100");
  must("printer paper near-end");
  EXPECT_EQ(client.hear(4), "10000300");  // GS a 0 had to wait for paper like everything in the buffer
  must("printer cover open");
  EXPECT_EQ(client.hear(1, 200), "");
}

TEST_F(PrinterTest, StopsWithoutPaperAndGoesOnOnTheNewRoll) {
  start_printer();
  Client client(port());
  must("at printer.byte-4 do printer paper out");
  client.send("1B40 410A 420A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1, 300), "");
  EXPECT_FALSE(printer().at("online").as_bool());
  must("printer paper ok");
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_EQ(files(), (std::set<std::string>{"000001-part.png", "000001-part.txt", "000002.png", "000002.txt"}));
  EXPECT_EQ(text(must("printer last")), "B|");
}

TEST_F(PrinterTest, FullBufferPushesBack) {
  start_printer();
  Client client(port());
  must("printer paper out");
  std::string lines;
  for (int i = 0; i < 2500; ++i) lines += "410A";
  client.send("1B40" + lines + cut + end_of_job);
  for (int i = 0; i < 300 && printer().at("buffered").as_int64() < 4096; ++i) readable(-1, 10);
  EXPECT_EQ(printer().at("buffered").as_int64(), 4096);
  must("printer paper ok");
  EXPECT_EQ(client.hear(1, 60'000), "00");
  EXPECT_EQ(must("printer last").at("text").as_array().size(), 1333u);  // forty thousand rows of paper
}

TEST_F(PrinterTest, PowerCutLeavesAPart) {
  start_printer();
  const std::int64_t at = port();
  Client client(at);
  must("at printer.byte-5 do printer power off");
  client.send("1B40 410A 420A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "");
  wait_for_pieces(1);
  const json::object last = must("printer last");
  EXPECT_FALSE(last.at("cut").as_bool());
  EXPECT_EQ(text(last), "A|");
  must("printer power on");
  Client again(at);
  again.send("1B40 430A" + cut + end_of_job);
  EXPECT_EQ(again.hear(1), "00");
  EXPECT_EQ(text(must("printer last")), "C|");
}

TEST_F(PrinterTest, VanishedClientLeavesAPart) {
  start_printer();
  { Client(port()).send("1B40 410A 42"); }
  wait_for_pieces(1);
  EXPECT_FALSE(must("printer last").at("cut").as_bool());
  { Client(port()).send("1B40 410A 1D76300002"); }  // half a command
  wait_for_pieces(2);
  EXPECT_EQ(text(must("printer last")), "A|");
}

TEST_F(PrinterTest, KilledPrinterKeepsWhatHungOut) {
  start_printer();
  {
    Client client(port());
    must("at printer.byte-6 do kill cabinet");
    client.send("1B40 410A 420A 430A" + cut);
    wait_for_death();
  }
  start_again();
  EXPECT_EQ(files(), (std::set<std::string>{"000001-part.png", "000001-part.txt"}));
  EXPECT_EQ(text(must("printer last")), "A|B|");
}

TEST_F(PrinterTest, JammedCutterStopsAtTheCut) {
  start_printer();
  Client client(port());
  must("printer cutter jam");
  client.send("1B40 410A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1, 300), "");
  client.send("100403");
  EXPECT_EQ(client.hear(1), "1a");
  must("printer cutter ok");
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_TRUE(must("printer last").at("cut").as_bool());
}

TEST_F(PrinterTest, PointsSurroundTheCut) {
  start_printer();
  Client client(port());
  must("at printer.before-cut do printer paper out");
  client.send("1B40 410A" + cut + end_of_job);
  must("wait printer.before-cut 1");
  EXPECT_EQ(client.hear(1, 200), "");
  EXPECT_TRUE(files().empty());
  must("printer paper ok");
  must("wait printer.after-cut 1");
  EXPECT_EQ(client.hear(1), "00");
}

TEST_F(PrinterTest, OldPrinterPrintsQrDataAsText) {
  start_printer("qr_command = false\nchinese_font = false\n");
  Client client(port());
  client.send("1B40" + qr + "0A" + cut + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_EQ(text(must("printer last")), "https://example.invalid/r/1|");
}

TEST_F(PrinterTest, UnknownCommandsAreListed) {
  start_printer();
  Client client(port());
  client.send("1B40 1B99 41" + cut + "0A" + end_of_job);
  EXPECT_EQ(client.hear(1), "00");
  EXPECT_EQ(json::serialize(printer().at("unknown_commands")),
            R"(["1b99","1d564200"])");  // a cut in mid-line does not cut
}

}  // namespace
}  // namespace pilotlight::cabinet
