#!/usr/bin/env bash
# Every test, and what CI runs: format check, build with warnings as errors, all test projects.
# The last line on standard output reads: N passed, N failed, N skipped
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. build/needs.sh

need git git git-lfs git-lfs python3 python3 /usr/bin/python3 python3 "$sqlite_library" libsqlite3-0 dash dash busybox busybox curl curl wget wget shellcheck shellcheck \
  /usr/bin/chromium chromium \
  "/usr/lib/postgresql/*/bin/initdb" postgresql setpriv util-linux bwrap bubblewrap \
  openssl openssl softhsm2-util softhsm2 pkcs11-tool opensc \
  ssh-keygen openssh-client gpg gnupg sqlite3 sqlite3 spin spin gcc gcc /usr/include/stdlib.h libc6-dev
need go golang-go /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go golang-golang-x-mod-dev
need_without_service glewlwyd glewlwyd
need_without_service /usr/sbin/rsyslogd rsyslog
need "/usr/lib/*/rsyslog/lmnsd_ossl.so" rsyslog-openssl
need_dotnet

node_version="$(command -v node >/dev/null && node --version || echo none)"
case "$node_version" in
  v2[0-9].* | v[3-9][0-9].*) ;;
  *) say "Node 20.17 or newer is not here ($node_version): tests that ask npm's own verifiers are skipped, each with its reason." ;;
esac

results=artifacts/test-results
rm -rf "$results"
say "Restoring ..."
dotnet tool restore -v quiet >&2
dotnet restore Bascule.slnx --locked-mode -v quiet >&2
say "Checking the format ..."
dotnet csharpier check . >&2
say "Building ..."
dotnet build Bascule.slnx -c Release --no-restore -v quiet -clp:ErrorsOnly >&2

say "Testing ..."
failed_run=0
dotnet test Bascule.slnx -c Release --no-build --logger trx --logger "console;verbosity=minimal" \
  --results-directory "$results" "$@" >&2 || failed_run=1

# One counters line per project: <Counters total="3" executed="2" passed="2" failed="0" ... />
read -r passed failed skipped < <(
  grep -ho '<Counters [^>]*' "$results"/*.trx |
    sed -E 's/.* total="([0-9]+)" executed="([0-9]+)" passed="([0-9]+)" failed="([0-9]+)".*/\1 \2 \3 \4/' |
    awk '{ passed += $3; failed += $4; skipped += $1 - $2 } END { print passed + 0, failed + 0, skipped + 0 }'
)
grep -ho 'Skipped: .*' "$results"/*.trx | sort -u >&2 || true
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed_run" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
