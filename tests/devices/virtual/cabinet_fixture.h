// The real pilotlight-cabinet in a directory of its own, driven as a script would drive it.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <boost/json.hpp>
#include <filesystem>
#include <string>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

class CabinetTest : public ::testing::Test {
 protected:
  CabinetTest();
  ~CabinetTest() override;

  // Writes the configuration (state_dir is put in front) and starts; returns when it says that it is ready.
  void start(const std::string& config);
  void start_again();
  void kill_cabinet();    // SIGKILL
  void wait_for_death();  // it kills itself
  boost::json::object ask(const std::string& line);
  // ask() that must succeed.
  boost::json::object must(const std::string& line);

  std::filesystem::path directory_;

 private:
  void connect();
  void disconnect();
  pid_t pid_ = -1;
  int control_ = -1;
};

// Waits until `fd` is readable; false after the time.
bool readable(int fd, int timeout_ms);

}  // namespace pilotlight::cabinet
