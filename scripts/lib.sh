# shellcheck shell=bash disable=SC2034
# Shared by scripts/*: finds the root, installs what is missing, makes .venv.
# Sourced, never run.
set -euo pipefail
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
# Another environment's modules must not get into this one.
unset PYTHONPATH PYTHONHOME
# Every start of the program would compile all its modules again (a second, and
# some of it in the windows' thread): compiled once, beside the tree.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$ROOT/.cache/bytecode"

say() { printf '%s\n' "$*" >&2; }

# What the program needs to run. tzdata: a bare Ubuntu has no time zones;
# libwayland-*: for Qt's own Wayland platform.
RUN_PACKAGES=(
  libvlc5 libvlc-bin vlc-plugin-base
  libegl1 libgl1 libopengl0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
  libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libdbus-1-3 libfontconfig1 libpulse0
  libwayland-cursor0 libwayland-egl1 tzdata xvfb x11-xserver-utils
)
# What its tests need besides: another maker's RTSP server, a second database, ffprobe,
# a window manager and somebody who presses its keys.
TEST_PACKAGES=(
  python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad postgresql ffmpeg openbox xdotool
)

# One set-up at a time; the lock lies on the root folder itself and goes with
# the process. Children must not inherit it (9>&-): a service that a package
# starts would hold it for ever.
lock_setup() {
  exec 9<"$ROOT"
  flock -n 9 || { say "Another set-up of $ROOT is running; waiting for it."; flock 9; }
}

# Runs the words as root: as we are, or by sudo, which may ask for a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@" 9>&-; else sudo "$@" 9>&-; fi
}

# Whether as_root can work; says what to do where it cannot. The words are what is to be installed.
demand_root() {
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then return 0; fi
  say "Missing: $*"
  if command -v sudo >/dev/null 2>&1; then
    say "Installing needs root; sudo asks for your password."
    if sudo -v; then return 0; fi
  fi
  say "Installing needs root. Run this as root, then call again:"
  say "  apt-get update && apt-get install --no-install-recommends $*"
  return 1
}

# The names among the words that are not installed. A library's name may have
# changed with the 64-bit time of newer releases (…t64); that one counts too.
missing_of() {
  local name have
  have=" $(dpkg-query -W -f='${db:Status-Status}:${Package}\n' "$@" "${@/%/t64}" 2>/dev/null \
    | sed -n 's/^installed://p' | tr '\n' ' ' || true) "
  for name in "$@"; do
    case $have in *" $name "* | *" ${name}t64 "*) ;; *) printf '%s\n' "$name" ;; esac
  done
}

# Any Chinese font will do; Noto is the one the screens were drawn with.
has_chinese_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]; }

# Whether apt can install the name here and now.
offered() {
  local candidate
  candidate=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ]
}

LISTS_FRESH=
apt_update() {
  [ -z "$LISTS_FRESH" ] || return 0
  LISTS_FRESH=yes
  say "Asking for the lists of packages"
  # One broken source must not stop us: what we need may come from the others.
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 \
    || say "Not every package source answered; going on with those that did."
}

apt_install() {
  local log status=0
  say "Installing system packages: $*"
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@" \
    >"$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    tail -n 20 "$log" >&2
    say "apt-get could not install them (above: why). Mend that and call again."
  fi
  rm -f "$log"
  return "$status"
}

# Installs those of the words (package names) that are missing.
install_system() {
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    say "This is not a Debian or Ubuntu: install what stands for these by hand: $* fonts-noto-cjk"
    return 0
  fi
  local missing=() names=() name
  mapfile -t missing < <(missing_of "$@")
  has_chinese_font || missing+=(fontconfig fonts-noto-cjk)
  [ ${#missing[@]} -gt 0 ] || return 0
  demand_root "${missing[@]}"
  apt_update
  for name in "${missing[@]}"; do
    if ! offered "$name" && offered "${name}t64"; then name=${name}t64; fi
    names+=("$name")
  done
  apt_install "${names[@]}"
}

# The system's own Python before others on the path: it is the one that all
# machines of a release share. PYTHON=/path/to/python3 asks for another.
find_python() {
  local name
  for name in "${PYTHON:-}" /usr/bin/python3 python3 python3.11 python3.12 python3.13 python3.14; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 \
      && "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

# The release's python3 where it is new enough, else a newer one beside it.
install_python() {
  command -v apt-get >/dev/null 2>&1 || return 0
  local version
  demand_root python3 python3-venv
  apt_update
  version=$(LC_ALL=C apt-cache policy python3 | sed -n 's/^ *Candidate: //p')
  if dpkg --compare-versions "${version:-0}" ge 3.11; then apt_install python3 python3-venv; return; fi
  for version in 3.14 3.13 3.12 3.11; do
    if offered "python$version-venv"; then apt_install "python$version" "python$version-venv"; return; fi
  done
}

# What a finished .venv was made from: its place, its Python, the locked
# versions. Written last, so that an interrupted installation has none.
want_stamp() {
  printf '%s\n' "$ROOT" "$(readlink -f "$ROOT/.venv/bin/python" || true)"
  cat "$ROOT/requirements.lock" "$ROOT/pyproject.toml" | sha256sum | cut -d' ' -f1
}

make_venv() {
  local venv=$ROOT/.venv stamp=$ROOT/.venv/.locked have want python
  have=$(cat "$stamp" 2>/dev/null || true)
  want=$(want_stamp)
  if [ "$have" = "$want" ] && [ -x "$venv/bin/python" ]; then return 0; fi
  if [ -e "$venv" ] && [ ! -w "$venv" ]; then
    say "$venv belongs to somebody else ($(stat -c %U "$venv")). Remove it, or run this as that user."
    return 1
  fi
  # Made here by the same Python: bring it up to date. Anything else (half
  # made, moved, its Python replaced) cannot be trusted and is made anew.
  if [ "$(head -n 2 <<<"$have")" != "$(head -n 2 <<<"$want")" ] || [ ! -x "$venv/bin/python" ]; then
    if ! python=$(find_python); then
      install_python
      python=$(find_python) || { say "Python 3.11 to 3.14 is needed. Call again with PYTHON=/path/to/python3."; return 1; }
    fi
    [ ! -e "$venv" ] || say "The .venv here is half made, or made for another place or Python: it is made anew."
    say "Making .venv with $python"
    rm -f "$stamp"
    "$python" -m venv --clear "$venv" >&2 9>&-
  fi
  rm -f "$stamp"
  say "Installing Python packages as locked (some minutes and 1.2 GB the first time)"
  # No dependencies are looked for: the lock names all of them, and pip checks that it did.
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps -r "$ROOT/requirements.lock" >&2 9>&-
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e "$ROOT" >&2 9>&-
  "$venv/bin/python" -m pip check --disable-pip-version-check >/dev/null \
    || { "$venv/bin/python" -m pip check --disable-pip-version-check >&2 || true
         say "requirements.lock does not fit pyproject.toml: run scripts/lock."; return 1; }
  want_stamp >"$stamp"
}
