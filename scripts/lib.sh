# Shared by scripts/*: finds the root, installs what is missing, makes .venv.
# Sourced, never run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

say() { printf '%s\n' "$*" >&2; }

# What the program needs to run, and what its tests need besides.
RUN_PACKAGES="libvlc5 libvlc-bin vlc-plugin-base libegl1 libgl1 libopengl0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libdbus-1-3
 libfontconfig1 libpulse0 xvfb x11-xserver-utils"
TEST_PACKAGES="python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
 gstreamer1.0-plugins-bad postgresql ffmpeg"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else say "This needs root and there is no sudo. Run as root: $*"; return 1
  fi
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# A package name changed with the 64-bit time change of newer releases (…t64);
# an installed successor counts.
missing_of() {
  local name out=""
  for name in $1; do
    installed "$name" || installed "${name}t64" || out="$out $name"
  done
  printf '%s' "$out"
}

install_system() {
  command -v apt-get >/dev/null 2>&1 || { say "Not a Debian or Ubuntu: install by hand:$1"; return 0; }
  local missing
  missing=$(missing_of "$1")
  # Any Chinese font will do; Noto is the one the screens were drawn with.
  if ! { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh | grep -q .; }; then
    missing="$missing fontconfig fonts-noto-cjk"
  fi
  [ -n "${missing// /}" ] || return 0
  say "Installing system packages:$missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

find_python() {
  local name
  for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"; return 0
    fi
  done
  return 1
}

make_venv() {
  local python stamp want
  if ! python=$(find_python); then
    say "Installing Python: python3 python3-venv"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv >&2
    python=$(find_python) || { say "Python 3.11 or newer is needed; put its path into PYTHON and run again."; return 1; }
  fi
  [ -x .venv/bin/python ] || { say "Making .venv with $python"; "$python" -m venv .venv; }
  stamp=.venv/.locked
  want=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
    say "Installing Python packages as locked"
    .venv/bin/python -m pip install -q --disable-pip-version-check -r requirements.lock >&2
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
    printf '%s' "$want" >"$stamp"
  fi
}
