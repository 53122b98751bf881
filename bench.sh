#!/usr/bin/env bash
# One benchmark; the last line on standard output is one JSON object.
#   ./bench.sh intake     accepted deliveries per second beside the same bare group-committed insert
#   ./bench.sh latency    from a delivery's arrival to the platform's runs/submit
#   ./bench.sh reconcile  5,000 repositories, 1 % changed without a hook, found by comparison
#   ./bench.sh crash      [--long] two replicas killed again and again while pushes come in: nothing lost, doubled or out of order
#   ./bench.sh cluster    stored deliveries handled per second by one and two replicas, beside bare SQL
#   ./bench.sh console    the console's list over 100,000 runs
#   ./bench.sh gate       [--quick|--push] clone and ls-remote of 100 MB: direct, through nginx, through Bascule, 1 and 50 clients; memory for a push of 1 GB
#   ./bench.sh exchange   [--quick] tokens for git a second beside npm oidc-provider, and how long one takes at 200 a second
#   ./bench.sh revoke     [--quick] from revoking a token to its refusal by two replicas
#   ./bench.sh audit      [--quick] durable audit entries a second beside the bare insert; a log of 1,000,000 entries checked whole, one entry proven
#   ./bench.sh dags       [--pushes N] from a push to its files in a folder that bascule dags follow shows
#   ./bench.sh mutants    [policy|signatures|git ...] mutation testing over signature checking, policy and git hardening
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. build/needs.sh

name="${1:-}"
case "$name" in
  intake | latency | reconcile | crash | cluster | console | gate | exchange | revoke | audit | dags | mutants) shift ;;
  *)
    say "Usage: ./bench.sh intake|latency|reconcile|crash|cluster|console|gate|exchange|revoke|audit|dags|mutants"
    exit 2
    ;;
esac

need git git python3 python3 "$sqlite_library" libsqlite3-0
case "$name" in crash | cluster | revoke) need "/usr/lib/postgresql/*/bin/initdb" postgresql setpriv util-linux ;; esac
case "$name" in gate) need_without_service nginx nginx ;; esac
need_dotnet

if [ "$name" = mutants ]; then
  exec bench/mutants.sh "$@"
fi
dotnet restore bench/Bascule.Bench/Bascule.Bench.csproj --locked-mode -v quiet >&2
dotnet build bench/Bascule.Bench/Bascule.Bench.csproj -c Release --no-restore -v quiet -clp:ErrorsOnly >&2
exec dotnet artifacts/bin/Bascule.Bench/release/Bascule.Bench.dll "$name" "$@"
