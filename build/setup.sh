# Sourced by build/run and build/test: from a fresh machine to a ready .venv. Works in bash 3.2, which macOS has.
#
#   ROOT, VENV, PY     set here
#   setup run|dev      Python, its packages and the system's; seconds when nothing changed
#
# A stamp is written last, so an interrupted set-up is simply done again.

ROOT=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV="$ROOT/.venv"
PY="$VENV/bin/python"
OLDEST=11 # Python 3.11 ...
NEWEST=12 # ... to 3.12, as pyproject.toml says

unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
unset PYTHONDONTWRITEBYTECODE # every process would compile all that it imports: a start takes two to three times as long
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

# What QtWebEngine and OpenCV link to and Debian may lack; a|b is one package under its newer and its older name.
WINDOW_PACKAGES="libasound2t64|libasound2 libdbus-1-3 libegl1 libfontconfig1 libgbm1 libgl1 libglib2.0-0t64|libglib2.0-0
  libgssapi-krb5-2 libnss3 libwayland-cursor0 libwayland-egl1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
  libxcomposite1 libxdamage1 libxkbcommon-x11-0 libxkbfile1 libxrandr2 libxtst6"

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }
is_debian() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }
installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The newest fitting interpreter, as a path; tried by running it, because shims of absent versions only fail then.
find_python() {
  local name
  for name in ${PICKWISE_PYTHON:+"$PICKWISE_PYTHON"} python3.12 python3.11 python3 python \
    "$HOME/.local/bin/python3.12" /opt/homebrew/bin/python3.12 /opt/homebrew/bin/python3.11 /usr/local/bin/python3.12 \
    /usr/bin/python3.11 /Library/Frameworks/Python.framework/Versions/3.1[12]/bin/python3; do
    [ "$(uname)" = Darwin ] && [ "$(command -v "$name")" = /usr/bin/python3 ] && continue # asks to install Xcode
    "$name" -c "import sys; v = sys.version_info; assert v[0] == 3 and $OLDEST <= v[1] <= $NEWEST; print(sys.executable)" \
      2>/dev/null && return
  done
  return 1
}

how_to_get_python() {
  if [ "$(uname)" = Darwin ]; then
    say "Pickwise needs Python 3.$OLDEST or 3.$NEWEST. Install it with: brew install python@3.12"
  elif is_debian && apt-cache show python3.11-venv >/dev/null 2>&1; then
    say "Pickwise needs Python 3.$OLDEST or 3.$NEWEST. Install it with: sudo apt-get install -y python3.11-venv"
  elif is_debian; then
    say "Pickwise needs Python 3.$OLDEST or 3.$NEWEST. Install it with:" \
      "sudo apt-get install -y pipx && pipx run uv python install 3.12"
  else
    say "Pickwise needs Python 3.$OLDEST or 3.$NEWEST, and this machine has neither."
  fi
  exit 1
}

# Debian packages named and not installed, one a line; of a|b the one apt knows.
missing_packages() {
  local entry name
  for entry in "$@"; do
    for name in ${entry//|/ }; do installed "$name" && continue 2; done
    for name in ${entry//|/ }; do
      apt-cache show "$name" 2>/dev/null | grep -q '^Version' && break
    done
    printf '%s\n' "$name"
  done
}

# As root on Debian, install what is missing of these; as anyone else, say the one line that does.
need_packages() {
  local missing
  is_debian || return 0
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    stop "Debian packages are missing. Run this line, then the same command again:" $'\n' \
      " sudo apt-get install -y" $missing
  fi
  say "Installing Debian packages:" $missing
  apt-get update -qq >&2
  missing=$(missing_packages "$@") # again, now that apt knows this release's names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null </dev/null ||
    stop "apt-get could not install them."
}

venv_is_sound() {
  grep -qF -- "-m venv $VENV" "$VENV/pyvenv.cfg" 2>/dev/null && "$PY" -m pip --version >/dev/null 2>&1
}

make_venv() {
  local base
  base=$(find_python) || how_to_get_python
  if ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then
    need_packages "$("$base" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
  fi
  say "Making .venv with $("$base" -V)"
  rm -rf "$VENV"
  "$base" -m venv "$VENV" || stop "$base could not make $VENV."
}

# What the installed packages depend on; changes when any of it does.
fingerprint() {
  "$PY" - "$ROOT/pyproject.toml" "$ROOT/build/constraints.txt" <<'PYTHON' 2>/dev/null
import hashlib, pathlib, sys
parts = [sys.version.encode(), *(pathlib.Path(name).read_bytes() for name in sys.argv[1:])]
print(hashlib.sha256(b"\0".join(parts)).hexdigest())
PYTHON
}

install_packages() { # run | dev
  local stamp="$VENV/pickwise-$1" want extra=
  want=$(fingerprint) || want= # no .venv yet, or a broken one
  if [ -n "$want" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then return; fi
  venv_is_sound || make_venv
  say "Installing Python packages (a few minutes the first time)"
  rm -f "$VENV"/pickwise-*
  LAZY=
  # of some 14 000 modules the tests import a few thousand: those are compiled when they are
  [ "$1" = dev ] && extra='[dev]' && LAZY=--no-compile
  pip_install setuptools
  pip_install --no-build-isolation --editable "$ROOT$extra"
  [ "$1" = dev ] && fingerprint >"$VENV/pickwise-run"
  fingerprint >"$stamp"
}

pip_install() {
  "$PY" -m pip install -qq $LAZY -c "$ROOT/build/constraints.txt" "$@" >&2 || stop "pip could not install $*."
}

setup() { # run | dev
  grep -qF -- "-m venv $VENV" "$VENV/pyvenv.cfg" 2>/dev/null || rm -f "$VENV"/pickwise-* # copied or moved here
  install_packages "$1"
  need_packages $WINDOW_PACKAGES
}
