#!/usr/bin/env bash
# The part of packages.sh that runs inside the bare system. Last line: "N passed, N failed".
set -uo pipefail
passed=0 failed=0
ledger_dir=/var/lib/pilotlight/ledger kiosk_dir=/var/lib/pilotlight/kiosk
units=/usr/lib/systemd/system

# check WORDS COMMAND...: counts, and shows what the command said if it failed.
check() {
  local words=$1
  shift
  if "$@" > /tmp/said 2>&1 < /dev/null; then
    passed=$((passed + 1))
    echo "ok   $words (${SECONDS} s)"
  else
    failed=$((failed + 1))
    echo "FAIL $words"
    cat /tmp/said
  fi
}

# A pause between two looks at a condition; gives up after 30 s.
wait_for() {
  local tries=0
  until "$@" > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || return 1
    sleep 0.1  # between two looks
  done
}

exec_start() { sed -n 's/^ExecStart=//p' "$units/$1"; }
as() { runuser -u "$1" -- "${@:2}"; }
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
says() { grep -q -- "$1" "$2" || { cat "$2"; return 1; }; }

install() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# --- the ledger ------------------------------------------------------------------------------------------------------

init_ledger() { as pilotlight-ledger pilotlight-ledger init --dir "$ledger_dir" --production --host localhost; }
start_ledger() {
  as pilotlight-ledger env LISTEN="127.0.0.1:$port" PUBLIC="127.0.0.1:$public_port" \
    sh -c "exec $(exec_start pilotlight-ledger.service)" > /tmp/ledger.log 2>&1 &
  wait_for says '^ready' /tmp/ledger.log || { cat /tmp/ledger.log; return 1; }
}
stop_ledger() {
  pkill -TERM -u pilotlight-ledger
  wait_for no_process pilotlight-ledger
}
no_process() { ! pgrep -u "$1"; }
public_page_answers() { curl -sk -o /tmp/page -w '%{http_code}' "https://127.0.0.1:$public_port/" | grep -E '^[234]'; }
terminals_need_a_certificate() {
  curl -sk -w '\n%{http_code}\n' -H 'Content-Type: application/json' -d '{}' "https://127.0.0.1:$port/v1/identify" | tee /tmp/refused
  grep -Ex '40[13]' /tmp/refused
}
audit() { as pilotlight-ledger pilotlight-ledger audit --dir "$ledger_dir"; }

# --- the terminal ----------------------------------------------------------------------------------------------------

# kiosk DISPLAY: as its unit starts it, but for the display and, in a room without sound, the loudspeaker.
kiosk() {
  local environment
  read -ra environment < <(sed -n 's/^Environment=//p' "$units/pilotlight-kiosk.service")
  as pilotlight-kiosk env "${environment[@]}" DISPLAY="$1" XAUTHORITY= SDL_AUDIODRIVER=dummy \
    timeout 120 sh -c "exec $(exec_start pilotlight-kiosk.service)"
}
kiosk_says_how_to_enrol() {
  ! kiosk "$display" > /tmp/kiosk.log 2>&1 && says enrol /tmp/kiosk.log
}
kiosk_says_that_there_is_no_display() {
  ! kiosk :2999 > /tmp/kiosk.log 2>&1 && says "pilotlight-kiosk: " /tmp/kiosk.log
}
configure_kiosk() {
  cp "$ledger_dir/pki/ca.crt" /etc/pilotlight/ledger-ca.pem
  sed -i "s|^url = .*|url = \"https://localhost:$port\"|" /etc/pilotlight/kiosk.toml
}
enrol_kiosk() {
  local code
  code=$(as pilotlight-ledger pilotlight-ledger enrol --dir "$ledger_dir" --terminal T0042 --json |
    sed -n 's/.*"code": *"\([^"]*\)".*/\1/p')
  as pilotlight-kiosk pilotlight-kiosk enrol --config /etc/pilotlight/kiosk.toml --code "$code"
}
start_x() {
  rm -f /tmp/display
  Xvfb -displayfd 3 -screen 0 1080x1920x24 -nolisten tcp -ac 3> /tmp/display 2> /tmp/xvfb.log &
  wait_for test -s /tmp/display && display=:$(cat /tmp/display)
}
has_window() { DISPLAY=$display xwininfo -root -tree | grep -E '1080x1920\+0\+0' | grep -qv 'Root window'; }
kiosk_shows_a_window() {
  kiosk "$display" > /tmp/kiosk.log 2>&1 &
  { wait_for has_window && wait_for test -s "$kiosk_dir/journal.db"; } || { cat /tmp/kiosk.log; return 1; }
}
kiosk_listens_nowhere() { ! ss -Hxltnp | grep pilotlight-kio; }
stop_kiosk() {
  pkill -KILL -u pilotlight-kiosk
  wait_for no_process pilotlight-kiosk
}
journal_verifies() { as pilotlight-kiosk pilotlight-kiosk journal verify --config /etc/pilotlight/kiosk.toml; }
screen_cookie() {
  command install -d -m 0750 -g pilotlight-kiosk /run/pilotlight-screen
  (umask 027; sh -c "$(sed -n "s/^ExecStartPre=.bin.sh -c '\(.*\)'$/\1/p" "$units/pilotlight-screen.service" | sed 's/\$\$/$/g')")
  chgrp pilotlight-kiosk /run/pilotlight-screen/authority
  as pilotlight-kiosk xauth -i -f /run/pilotlight-screen/authority list | grep -q MIT-MAGIC-COOKIE
}
screen_server_is_there() { $(exec_start pilotlight-screen.service | cut -d' ' -f1) -version; }

# --- the units and the end --------------------------------------------------------------------------------------------

enabled() { test -L "/etc/systemd/system/multi-user.target.wants/$1"; }
verify() { systemd-analyze verify --man=no "$units/$1" 2>&1 | tee /tmp/verify; ! grep -E "$1|pilotlight" /tmp/verify; }
secure() { systemd-analyze security --offline=true --threshold="$2" "$units/$1" | tail -n 60; }
mode_is() { [ "$(stat -c '%a %U' "$1")" = "$2" ] || { stat -c '%a %U' "$1"; return 1; }; }
purge() { DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq pilotlight-kiosk pilotlight-ledger > /tmp/purge.log 2>&1; }
nothing_configured() { ! ls /etc/pilotlight/kiosk.toml /etc/pilotlight/ledger.env "$units"/pilotlight-* 2>/dev/null; }
no_users() { ! getent passwd pilotlight-kiosk pilotlight-ledger; }
records_stay() { test -s "$kiosk_dir/journal.db" && test -s "$ledger_dir/ledger.db"; }

check "what the test needs" install systemd xvfb x11-utils curl perl-base iproute2 procps
check "both packages install with what they depend on" install /packages/*.deb
port=$(free_port) public_port=$(free_port) display=
for unit in pilotlight-screen pilotlight-kiosk pilotlight-ledger; do
  check "$unit is enabled" enabled $unit.service
  check "$unit: systemd understands it" verify $unit.service
done
check "the ledger's unit is hardened" secure pilotlight-ledger.service 15
check "the kiosk's unit is hardened" secure pilotlight-kiosk.service 20
check "the screen's unit is hardened as far as Xorg lets it" secure pilotlight-screen.service 40
check "the state belongs to the kiosk alone" mode_is $kiosk_dir "700 pilotlight-kiosk"
check "the state belongs to the ledger alone" mode_is $ledger_dir "700 pilotlight-ledger"
check "a production ledger is made" init_ledger
check "the ledger starts as its user" start_ledger
check "the public page answers" public_page_answers
check "a terminal without a certificate is refused" terminals_need_a_certificate
check "a screen (virtual)" start_x
check "the kiosk says how to enrol" kiosk_says_how_to_enrol
check "the kiosk's configuration" configure_kiosk
check "the kiosk enrols as its user" enrol_kiosk
check "the kiosk says that there is no display" kiosk_says_that_there_is_no_display
check "the kiosk fills the screen as its user" kiosk_shows_a_window
check "the kiosk listens nowhere" kiosk_listens_nowhere
check "the kiosk is killed" stop_kiosk
check "its journal verifies" journal_verifies
check "the ledger stops when told" stop_ledger
check "the ledger's book re-adds" audit
check "the X server is there" screen_server_is_there
check "only the kiosk's group gets the screen's cookie" screen_cookie
check "sounds are there" test -s /usr/share/pilotlight/sounds/zh/number.1.wav
check "both packages purge" purge
check "no configuration is left" nothing_configured
check "no user is left" no_users
check "journal and book are left (M10)" records_stay
check "and the purge said so" says "is kept" /tmp/purge.log
check "they install again" install /packages/*.deb
check "the book belongs to the ledger again" mode_is $ledger_dir/ledger.db "600 pilotlight-ledger"
check "and still re-adds" audit
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
