# The Debian 12 packages that Pilotlight needs, by what they are needed for, and how to get those that are missing.
# To be sourced by bash:  . packaging/dependencies.sh; install_packages $BUILD_PACKAGES $RUNTIME_PACKAGES
# README.md says why each library was chosen.
# shellcheck shell=bash disable=SC2034

BUILD_PACKAGES="cmake ninja-build g++ ccache pkg-config
  libsdl2-dev libimgui-dev libstb-dev libfreetype-dev libpng-dev libqrencode-dev
  libpcsclite-dev libusb-1.0-0-dev
  libssl-dev libcurl4-openssl-dev libboost1.81-dev libboost-json1.81-dev libsqlite3-dev
  libtomlplusplus-dev libcli11-dev libfmt-dev libspdlog-dev libexpected-dev"

# What the programs and the virtual cabinet need beside the libraries they are linked to; espeak-ng speaks the prompts.
RUNTIME_PACKAGES="pcscd vsmartcard-vpcd fonts-noto-cjk espeak-ng"

# What plays and judges the programs from outside.
DEMO_PACKAGES="python3 openssl sqlite3 xvfb xdotool x11-apps x11-utils imagemagick zbar-tools iproute2 procps"

# clang: one sanitized build serves tests and fuzzers. umockdev is a USB bus without a bus; strace shows the order of
# fdatasync and what must follow it.
TEST_PACKAGES="clang lld libgtest-dev libgmock-dev umockdev libumockdev-dev strace clang-format binutils"

# What builds the Debian packages and the bare system in which they are tried.
PACKAGE_PACKAGES="dpkg-dev debootstrap"

# Prints those of the given packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Installs what is missing and nothing else. Three attempts: a mirror may be busy for a moment.
install_packages() {
  local missing attempt
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "missing packages; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  for attempt in 1 2 3; do
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "${missing[@]}" >/dev/null; then
      return 0
    fi
    [ "$attempt" = 3 ] || sleep $((attempt * 5))
  done
  echo "apt-get could not install: $(missing_packages "$@" | tr '\n' ' ')" >&2
  return 1
}
