#include "tests/simulation/campaign.h"

#include <malloc.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include "kiosk/base/check.h"
#include "kiosk/runtime/event_log.h"

namespace pilotlight::simulation {
namespace {

// What a job sends back about all its seeds; plain numbers, so that it crosses a pipe as it is.
struct Sum {
  std::uint64_t towns = 0, visits = 0, sessions = 0, broken = 0, hash = 0;
  std::array<std::uint64_t, enum_count<wire::Ending>()> endings{};
  FaultCounts faults;
  std::array<std::array<std::uint64_t, std::variant_size_v<core::Fact>>, enum_count<core::Page>()> pairs{};
  std::uint64_t journal_rows = 0, ledger_rows = 0, notes = 0, documents = 0, card_writes = 0;

  void add(const TownReport& report) {
    ++towns;
    visits += report.visits;
    sessions += report.sessions;
    broken += report.violation ? 1 : 0;
    hash ^= report.hash * (2 * towns + 1);
    for (std::size_t i = 0; i < endings.size(); ++i) endings[i] += report.endings[i];
    for (std::size_t f = 0; f < fault_count; ++f)
      for (std::size_t p = 0; p < faults.by[f].size(); ++p) faults.by[f][p] += report.faults.by[f][p];
    for (std::size_t p = 0; p < pairs.size(); ++p)
      for (std::size_t e = 0; e < pairs[p].size(); ++e) pairs[p][e] += report.pairs[p][e];
    journal_rows += report.audited.journal_rows;
    ledger_rows += report.audited.ledger_rows;
    notes += report.audited.notes;
    documents += report.audited.documents;
    card_writes += report.audited.card_writes;
  }
  void add(const Sum& other) {
    const auto plus = [](auto& a, const auto& b) {
      for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    };
    towns += other.towns;
    visits += other.visits;
    sessions += other.sessions;
    broken += other.broken;
    hash ^= other.hash;
    plus(endings, other.endings);
    for (std::size_t f = 0; f < fault_count; ++f) plus(faults.by[f], other.faults.by[f]);
    for (std::size_t p = 0; p < pairs.size(); ++p) plus(pairs[p], other.pairs[p]);
    journal_rows += other.journal_rows;
    ledger_rows += other.ledger_rows;
    notes += other.notes;
    documents += other.documents;
    card_writes += other.card_writes;
  }
};
static_assert(std::is_trivially_copyable_v<Sum>);

TownOptions options_for(const Orders& orders, std::uint64_t seed) {
  TownOptions options;
  options.seed = seed;
  options.visits = orders.visits;
  options.terminals = 2 + static_cast<unsigned>(seed % 2);
  options.faults = orders.faults;
  // Every third town has one kind of fault only, so that each is also seen alone.
  if (orders.each_fault && seed % 3 == 0 && orders.faults.size() > 1) {
    auto alone = orders.faults.begin();
    std::advance(alone, static_cast<std::ptrdiff_t>(seed / 3 % orders.faults.size()));
    options.faults = {*alone};
  }
  options.told = orders.trace;
  return options;
}

void tell(std::uint64_t seed, const TownReport& report) {
  std::printf("seed %llu: %s broken after %llu sessions, at %.3f s: %s\n", static_cast<unsigned long long>(seed),
              report.violation->law.c_str(), static_cast<unsigned long long>(report.sessions),
              static_cast<double>(report.at_ms) / 1000, report.violation->detail.c_str());
  std::fflush(stdout);
}

// A CHECK that fails ends the process: it must say with which seed.
volatile std::sig_atomic_t seed_under_way = 0;
void tell_seed(int) {
  char text[64];
  const int size = std::snprintf(text, sizeof text, "\nseed %ld: CHECK failed\n", static_cast<long>(seed_under_way));
  if (::write(2, text, static_cast<std::size_t>(size)) < 0) ::_exit(134);
  ::_exit(134);
}

Sum play_all(const Orders& orders, unsigned job) {
  Sum sum;
  std::signal(SIGABRT, tell_seed);
  for (std::uint64_t seed = orders.first + job; seed <= orders.last; seed += orders.jobs) {
    seed_under_way = static_cast<std::sig_atomic_t>(seed);
    const TownReport report = play(options_for(orders, seed));
    sum.add(report);
    if (report.violation) tell(seed, report);
    if (sum.broken >= 5) break;
  }
  return sum;
}

// One process a job: SQLite's own state is one a process, and a CHECK that fails must not end the others.
Sum play_in_processes(const Orders& orders, bool& died) {
  struct Job {
    pid_t pid;
    int from;
  };
  std::vector<Job> jobs;
  for (unsigned job = 0; job < orders.jobs; ++job) {
    int ends[2];
    CHECK(::pipe(ends) == 0);
    const pid_t pid = ::fork();
    CHECK(pid >= 0);
    if (pid == 0) {
      ::close(ends[0]);
      const Sum sum = play_all(orders, job);
      const bool sent = ::write(ends[1], &sum, sizeof sum) == static_cast<ssize_t>(sizeof sum);
      ::_exit(sent ? 0 : 1);
    }
    ::close(ends[1]);
    jobs.push_back({pid, ends[0]});
  }
  Sum all;
  for (const Job& job : jobs) {
    Sum sum;
    std::size_t got = 0;
    while (got < sizeof sum) {
      const ssize_t more = ::read(job.from, reinterpret_cast<char*>(&sum) + got, sizeof sum - got);
      if (more <= 0) break;
      got += static_cast<std::size_t>(more);
    }
    int status = 0;
    ::waitpid(job.pid, &status, 0);
    ::close(job.from);
    if (got == sizeof sum)
      all.add(sum);
    else
      died = true;
  }
  return all;
}

void print_endings(const Sum& sum) {
  std::uint64_t ended = 0;
  for (const std::uint64_t n : sum.endings) ended += n;
  std::printf("endings:");
  for (std::size_t i = 0; i < sum.endings.size(); ++i)
    std::printf(" %s %llu (%.1f %%)", std::string(enum_name(static_cast<wire::Ending>(i))).c_str(),
                static_cast<unsigned long long>(sum.endings[i]),
                ended == 0 ? 0.0 : 100.0 * static_cast<double>(sum.endings[i]) / static_cast<double>(ended));
  std::printf("\n");
}

void print_faults(const Sum& sum) {
  std::array<std::uint64_t, enum_count<Phase>()> by_phase{};
  std::printf("%-22s", "faults");
  for (std::size_t p = 0; p < by_phase.size(); ++p)
    std::printf(" %12s", std::string(enum_name(static_cast<Phase>(p))).c_str());
  std::printf("\n");
  std::uint64_t all = 0;
  for (std::size_t f = 0; f < fault_count; ++f) {
    std::printf("%-22s", std::string(enum_name(static_cast<Fault>(f))).c_str());
    for (std::size_t p = 0; p < by_phase.size(); ++p) {
      std::printf(" %12llu", static_cast<unsigned long long>(sum.faults.by[f][p]));
      by_phase[p] += sum.faults.by[f][p];
      all += sum.faults.by[f][p];
    }
    std::printf("\n");
  }
  const std::uint64_t money = by_phase[2] + by_phase[3] + by_phase[4];
  std::printf("%llu faults, %.0f %% between the first note and the card's return\n",
              static_cast<unsigned long long>(all),
              all == 0 ? 0.0 : 100.0 * static_cast<double>(money) / static_cast<double>(all));
}

void print_coverage(const Sum& sum) {
  std::uint64_t reached = 0;
  for (std::size_t p = 0; p < sum.pairs.size(); ++p)
    for (std::size_t e = 0; e < sum.pairs[p].size(); ++e) {
      if (sum.pairs[p][e] > 0)
        ++reached;
      else
        std::printf("never: %s on %s\n", std::string(fact_name(e)).c_str(),
                    std::string(enum_name(static_cast<core::Page>(p))).c_str());
    }
  for (std::size_t f = 0; f < fault_count; ++f)
    if (sum.faults.of(static_cast<Fault>(f)) == 0)
      std::printf("never: %s\n", std::string(enum_name(static_cast<Fault>(f))).c_str());
  std::printf("%llu of %zu pairs of page and event reached\n", static_cast<unsigned long long>(reached),
              sum.pairs.size() * sum.pairs[0].size());
}

bool fails_as(const TownReport& report, const std::string& law) {
  return report.violation && report.violation->law == law;
}

}  // namespace

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const auto first = number(text.substr(0, dots));
  const auto last = dots == text.npos ? first : number(text.substr(dots + 2));
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair(*first, *last);
}

void prepare_process() {
  // Worlds come and go by the second: their memory stays with the process.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
  MemoryDisk::make_default();
}

int run(const Orders& orders) {
  const auto begun = std::chrono::steady_clock::now();
  bool died = false;
  Orders one = orders;
  if (orders.trace || orders.first == orders.last) one.jobs = 1;
  const Sum sum = one.jobs == 1 ? play_all(one, 0) : play_in_processes(one, died);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf("%llu towns, %llu visits, %llu sessions in %.1f s: %.0f sessions/s on each of %u\n",
              static_cast<unsigned long long>(sum.towns), static_cast<unsigned long long>(sum.visits),
              static_cast<unsigned long long>(sum.sessions), seconds,
              static_cast<double>(sum.sessions) / seconds / one.jobs, one.jobs);
  print_endings(sum);
  print_faults(sum);
  std::printf("audited: %llu journal rows, %llu ledger rows, %llu notes, %llu documents, %llu card writes\n",
              static_cast<unsigned long long>(sum.journal_rows), static_cast<unsigned long long>(sum.ledger_rows),
              static_cast<unsigned long long>(sum.notes), static_cast<unsigned long long>(sum.documents),
              static_cast<unsigned long long>(sum.card_writes));
  if (orders.coverage) print_coverage(sum);
  std::printf("trace hash %016llx\n", static_cast<unsigned long long>(sum.hash));
  if (died) std::printf("a job died: see above\n");
  std::printf("%llu laws broken\n", static_cast<unsigned long long>(sum.broken));
  const std::uint64_t delivered = sum.endings[static_cast<std::size_t>(wire::Ending::Delivered)];
  if (delivered == 0) std::printf("nothing was delivered\n");
  return sum.broken == 0 && !died && delivered > 0 ? 0 : 1;
}

int minimise(const Orders& orders) {
  TownOptions options = options_for(orders, orders.first);
  options.told = false;
  TownReport report = play(options);
  if (!report.violation) {
    std::printf("seed %llu breaks no law\n", static_cast<unsigned long long>(orders.first));
    return 2;
  }
  const std::string law = report.violation->law;
  // Fewer visits first, then fewer faults, as long as the same law breaks.
  for (unsigned least = 1; least < options.visits;) {
    TownOptions fewer = options;
    fewer.visits = (least + options.visits) / 2;
    if (fails_as(play(fewer), law))
      options.visits = fewer.visits;
    else
      least = fewer.visits + 1;
  }
  report = play(options);
  for (unsigned number = 0; number < report.planned_faults; ++number) {
    TownOptions fewer = options;
    fewer.left_out.insert(number);
    if (fails_as(play(fewer), law)) options.left_out.insert(number);
  }
  options.told = true;
  report = play(options);
  std::printf("\n%u visits; faults:\n", options.visits);
  for (unsigned number = 0; number < report.planned_faults; ++number)
    if (!options.left_out.contains(number)) std::printf("  %s\n", report.fault_words[number].c_str());
  tell(orders.first, report);
  return 0;
}

}  // namespace pilotlight::simulation
