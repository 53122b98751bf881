#!/bin/sh
# A credential helper for git, without anything but sh and curl (or GNU wget): shows Bascule the token that a platform puts into a file, and gives git what comes back.
# It is good for Bascule at the address below and for nothing else. Served by Bascule: GET /git-credential.sh. git 2.39 or newer; any POSIX sh.
#
#   git config --global credential.@URL@.helper /usr/local/bin/bascule-git-credential.sh
#   git config --global credential.@URL@.useHttpPath true
#
# BASCULE_TOKEN_FILE  where the token is; default /var/run/secrets/bascule/token
# BASCULE_CA          PEM certificates to trust instead of the system's

bascule='@URL@'
token_file=${BASCULE_TOKEN_FILE:-/var/run/secrets/bascule/token}

LC_ALL=C
export LC_ALL
umask 077

say() { printf 'bascule: %s\n' "$1" >&2; }

# git stops asking: nobody else knows anything of this address either.
stop() {
  say "$1"
  printf 'quit=1\n'
  exit 0
}

# Nothing is kept, so there is nothing to store and nothing to erase: the next question gets another token.
[ "${1:-}" = get ] || exit 0

protocol='' host='' path='' seen=' '
while IFS= read -r line && [ -n "$line" ]; do
  case $line in
    *[![:print:]]*) exit 0 ;;
    *=*) ;;
    *) exit 0 ;;
  esac
  key=${line%%=*} value=${line#*=}
  case $key in
    protocol | host | path | url)
      case $seen in *" $key "*) exit 0 ;; esac
      seen="$seen$key "
      ;;
  esac
  case $key in
    protocol) protocol=$value ;;
    host) host=$value ;;
    path) path=$value ;;
    url) exit 0 ;; # No git sends it to a helper.
  esac
done

# Letter for letter, or no word to anybody.
[ -n "$protocol" ] && [ -n "$host" ] && [ "$protocol://$host" = "$bascule" ] || exit 0

case $path in
  '')
    say "git did not say which repository; run: git config --global credential.$bascule.useHttpPath true"
    exit 0
    ;;
  *[!A-Za-z0-9._/-]* | *//* | */./* | */../*) exit 0 ;;
  git/*/*/*.git) ;;
  git/*/*/*.git/info/lfs*) path=${path%%.git/info/lfs*}.git ;;
  *) exit 0 ;;
esac
rest=${path#git/*/*/}
case $rest in */*) exit 0 ;; esac

[ -r "$token_file" ] || stop "there is no token in $token_file; set BASCULE_TOKEN_FILE"
token=$(cat "$token_file")
case $token in
  '' | *[!A-Za-z0-9._~-]*) stop "$token_file holds no token" ;;
esac

body="grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=$token&subject_token_type=urn:ietf:params:oauth:token-type:jwt&resource=$bascule/$path"

# The token goes by a pipe or a private file, never as an argument: arguments can be seen by everybody on the machine. No redirect, no proxy.
if command -v curl >/dev/null 2>&1; then
  set -- --silent --show-error --max-time 30 --max-redirs 0 --noproxy '*' --data @-
  [ -z "${BASCULE_CA:-}" ] || set -- "$@" --cacert "$BASCULE_CA"
  answer=$(printf '%s' "$body" | curl -q "$@" "$bascule/oauth/token") || stop "$bascule cannot be asked"
elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
  draft=$(mktemp) || stop "there is no place for a private file; set TMPDIR"
  trap 'rm -f "$draft"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '%s' "$body" >"$draft"
  set -- --no-config --quiet --timeout=30 --tries=1 --max-redirect=0 --no-proxy --content-on-error --output-document=-
  [ -z "${BASCULE_CA:-}" ] || set -- "$@" --ca-certificate="$BASCULE_CA"
  # 8: the server refused, and says why.
  answer=$(wget "$@" --post-file="$draft" "$bascule/oauth/token") || [ $? -eq 8 ] || stop "$bascule cannot be asked"
else
  stop "there is neither curl nor GNU wget here; busybox's own wget looks at no certificate and is not used"
fi

password=$(printf '%s' "$answer" | sed -n 's/.*"access_token" *: *"\(bsc_g_[0-9a-f]*\)".*/\1/p')
seconds=$(printf '%s' "$answer" | sed -n 's/.*"expires_in" *: *\([0-9][0-9]*\).*/\1/p')
if [ -z "$password" ]; then
  reason=$(printf '%s' "$answer" | sed -n 's/.*"error_description" *: *"\([^"\\]*\)".*/\1/p')
  stop "no token for $bascule/$path: ${reason:-$bascule gives none}"
fi
printf 'username=bascule\npassword=%s\n' "$password"
[ -z "$seconds" ] || printf 'password_expiry_utc=%s\n' "$(($(date +%s) + seconds))"
