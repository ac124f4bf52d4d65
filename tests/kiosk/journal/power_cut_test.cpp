// A writer is killed at moments nobody chose. What it had been told was durable is there, what is there is whole
// batches.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "kiosk/journal/journal.h"
#include "tests/kiosk/journal/scratch.h"

namespace pilotlight {
namespace {

constexpr std::uint64_t rows_of_a_batch = 5;

// Writes batches for ever and tells each one that append() says is durable.
[[noreturn]] void write_for_ever(const std::string& path, int acknowledgements) {
  auto journal = Journal::open(path, "T0042");
  if (!journal) ::_exit(1);
  for (std::uint64_t batch = 1;; ++batch) {
    const std::vector<wire::Record> records(rows_of_a_batch, wire::Incident{"batch", std::string(400, 'x')});
    const auto seq = journal->append(records, static_cast<std::int64_t>(batch));
    if (!seq) ::_exit(2);
    if (::write(acknowledgements, &*seq, sizeof *seq) != sizeof *seq) ::_exit(3);
    if (batch % 7 == 0) journal->checkpoint();
  }
}

std::uint64_t last_acknowledged(int fd) {
  std::uint64_t last = 0;
  for (std::uint64_t seq = 0; ::read(fd, &seq, sizeof seq) == sizeof seq;) last = seq;
  return last;
}

TEST(JournalPowerCut, AcknowledgedBatchesAreThereAndHalfOnesNever) {
  std::mt19937 moments(20261124);
  Scratch folder;
  const std::string path = folder / "journal.db";
  std::uint64_t before = 0;
  for (int life = 0; life < 25; ++life) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t writer = ::fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
      ::close(pipe[0]);
      write_for_ever(path, pipe[1]);
    }
    ::close(pipe[1]);
    std::uint64_t first = 0;  // it is at work
    ASSERT_EQ(::read(pipe[0], &first, sizeof first), static_cast<ssize_t>(sizeof first));
    ::usleep(static_cast<useconds_t>(moments() % 20'000));  // between two looks
    ASSERT_EQ(::kill(writer, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(writer, &status, 0), writer);
    ASSERT_TRUE(WIFSIGNALED(status));
    const std::uint64_t acknowledged = std::max(first, last_acknowledged(pipe[0]));
    ::close(pipe[0]);
    const auto journal = Journal::open(path, "T0042");
    ASSERT_TRUE(journal) << journal.error().text;
    const auto rows = journal->verify();
    ASSERT_TRUE(rows) << rows.error().text;
    EXPECT_GE(*rows, acknowledged);
    EXPECT_LE(*rows, acknowledged + rows_of_a_batch);
    EXPECT_EQ(*rows % rows_of_a_batch, 0U);
    EXPECT_GT(*rows, before);
    before = *rows;
  }
}

}  // namespace
}  // namespace pilotlight
