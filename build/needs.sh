# Sourced by the three scripts. Installs what a script needs: apt as root, otherwise it names the packages and stops.
# Everything it says goes to standard error: standard output belongs to the script's own result.

say() { printf '%s\n' "$*" >&2; }

# need COMMAND-OR-FILE PACKAGE [COMMAND-OR-FILE PACKAGE ...]
need() {
  local missing=()
  while [ $# -gt 0 ]; do
    case "$1" in
      /*) compgen -G "$1" >/dev/null || missing+=("$2") ;;
      *) command -v "$1" >/dev/null || missing+=("$2") ;;
    esac
    shift 2
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "Missing: ${missing[*]}. Install them, on Debian or Ubuntu with: sudo apt-get install ${missing[*]}"
    exit 2
  fi
  say "Installing ${missing[*]} ..."
  apt-get update -qq >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# need_without_service COMMAND PACKAGE: the tests start it themselves; a service that its package starts on a machine with systemd is stopped again.
need_without_service() {
  command -v "$1" >/dev/null && return
  need "$1" "$2"
  if [ -d /run/systemd/system ]; then
    systemctl disable --now "$2" >&2 || true
  fi
}

need_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    say "Missing: the .NET SDK 10. Install it: https://learn.microsoft.com/dotnet/core/install/linux"
    exit 2
  fi
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

sqlite_library='/usr/lib/*/libsqlite3.so.0'
