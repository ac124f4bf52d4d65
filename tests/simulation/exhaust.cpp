#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "kiosk/base/check.h"
#include "tests/simulation/campaign.h"
#include "tests/simulation/exploration/explore.h"

namespace pilotlight::simulation {
namespace {

bool walk(const exploration::NamedBounds& run, bool with_pairs) {
  const exploration::Report report = exploration::explore(run.bounds);
  std::printf("--- %s\n%s\n", run.name.c_str(), to_text(report, with_pairs).c_str());
  std::fflush(stdout);
  return report.complete && report.law.empty();
}

}  // namespace

int exhaust(const Orders& orders) {
  const auto runs = exploration::standard_runs();
  std::vector<pid_t> jobs;
  for (unsigned job = 0; job < orders.jobs; ++job) {
    const pid_t pid = ::fork();
    CHECK(pid >= 0);
    if (pid != 0) {
      jobs.push_back(pid);
      continue;
    }
    bool good = true;
    for (std::size_t i = job; i < runs.size(); i += orders.jobs) good = walk(runs[i], orders.coverage) && good;
    ::_exit(good ? 0 : 1);
  }
  bool good = true;
  for (const pid_t pid : jobs) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  std::printf("%zu runs, %s\n", runs.size(),
              good ? "each walked to its end, no law broken" : "NOT all walked to their end without a law broken");
  return good ? 0 : 1;
}

}  // namespace pilotlight::simulation
