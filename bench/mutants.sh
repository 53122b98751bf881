#!/usr/bin/env bash
# Mutation testing over what must not fail open: signature checking, policy, git hardening.
# Called by ./bench.sh mutants; the last line on standard output is one JSON object: killed, survived, score.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/needs.sh

out=artifacts/mutants
rm -rf "$out"
mkdir -p "$out"
dotnet tool restore -v quiet >&2
dotnet restore Bascule.slnx --locked-mode -v quiet >&2

# area, project, files to mutate
mutate() {
  local area=$1 project=$2
  shift 2
  local patterns=()
  for file in "$@"; do patterns+=(--mutate "**/$file"); done
  say "Mutating $area ($*) ..."
  (cd "test/$project.Tests" &&
    dotnet stryker --project "$project.csproj" "${patterns[@]}" --reporter json --reporter progress \
      --output "../../$out/$area" --concurrency "${MUTANTS_AT_ONCE:-2}" --skip-version-check --verbosity error) >&2
}

mutate policy Bascule.Core Workflows/Grants.cs Workflows/WorkflowMatcher.cs Workflows/EnvironmentRule.cs Settings/Glob.cs Forges/RefName.cs
mutate signatures Bascule.Connectors Forges/Hooks/SignedHook.cs Forges/Hooks/FormPayload.cs Outbound/AddressRule.cs Outbound/OutboundUrl.cs
mutate git Bascule.Server Mirrors/ForgeUrl.cs Mirrors/GitSettings.cs Mirrors/TreeNames.cs Mirrors/GitNames.cs Mirrors/NameCollisions.cs Mirrors/TreePath.cs

python3 - "$out" <<'PY'
import collections, json, pathlib, sys

counts = collections.Counter()
for report in pathlib.Path(sys.argv[1]).rglob("mutation-report.json"):
    for name, file in json.loads(report.read_text())["files"].items():
        for mutant in file["mutants"]:
            counts[mutant["status"]] += 1
            if mutant["status"] in ("Survived", "NoCoverage"):
                at = mutant["location"]["start"]["line"]
                print(f"{mutant['status']}: {pathlib.Path(name).name}:{at} {mutant['mutatorName']}", file=sys.stderr)
killed = counts["Killed"] + counts["Timeout"]
survived = counts["Survived"] + counts["NoCoverage"]
score = round(100 * killed / (killed + survived), 1) if killed + survived else 0
print(json.dumps({"killed": killed, "survived": survived, "score": score}))
PY
