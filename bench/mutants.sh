#!/usr/bin/env bash
# Mutation testing over what must not fail open: signature checking, policy, git hardening.
# Called by ./bench.sh mutants [policy|signatures|git ...]; the last line on standard output is one JSON object:
# killed, survived, score, and the same of each area.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/needs.sh

wanted=" ${*:-policy signatures git} "
out=artifacts/mutants
rm -rf "$out"
mkdir -p "$out"
dotnet tool restore -v quiet >&2
dotnet restore Bascule.slnx --locked-mode -v quiet >&2

# area, project, tests, files to mutate. Tests are "all" of the project, or the files' "own": the classes that bear their
# names, such as ForgeUrlTests for ForgeUrl.cs. Own is for a project whose other tests start git, databases and browsers:
# a mutant in a static field runs every test.
mutate() {
  local area=$1 project=$2 tests=$3 options=() own=() file
  shift 3
  case "$wanted" in *" $area "*) ;; *) return ;; esac
  for file in "$@"; do
    options+=(--mutate "**/$file")
    own+=("FullyQualifiedName~.$(basename "$file" .cs)Tests.")
  done
  [ "$tests" = all ] || options+=(--test-case-filter "$(IFS='|' && echo "${own[*]}")")
  say "Mutating $area ($*) ..."
  (cd "test/$project.Tests" &&
    RunAnalyzers=false dotnet stryker --project "$project.csproj" "${options[@]}" --reporter json --reporter progress \
      --output "../../$out/$area/$project" --concurrency "${MUTANTS_AT_ONCE:-2}" --skip-version-check --verbosity error) >&2
}

mutate policy Bascule.Core all Workflows/{Grants,WorkflowMatcher,EnvironmentRule}.cs Settings/Glob.cs Forges/RefName.cs
mutate signatures Bascule.Connectors all Forges/Hooks/{SignedHook,FormPayload}.cs Outbound/{AddressRule,OutboundUrl}.cs
mutate git Bascule.Server own Mirrors/ForgeUrl.cs
mutate git Bascule.Connectors own Git/{GitSettings,TreeNames,GitNames,NameCollisions,TreePath}.cs

python3 - "$out" <<'PY'
import collections, json, pathlib, sys


def result(counts):
    killed = counts["Killed"] + counts["Timeout"]
    survived = counts["Survived"] + counts["NoCoverage"]
    score = round(100 * killed / (killed + survived), 1) if killed + survived else 0
    return {"killed": killed, "survived": survived, "score": score}


out = pathlib.Path(sys.argv[1])
areas = {}
for report in sorted(out.rglob("mutation-report.json")):
    counts = areas[report.relative_to(out).parts[0]] = collections.Counter()
    for name, file in json.loads(report.read_text())["files"].items():
        for mutant in file["mutants"]:
            counts[mutant["status"]] += 1
            if mutant["status"] in ("Survived", "NoCoverage"):
                at = mutant["location"]["start"]["line"]
                print(f"{mutant['status']}: {pathlib.Path(name).name}:{at} {mutant['mutatorName']}", file=sys.stderr)
total = sum(areas.values(), collections.Counter())
print(json.dumps(result(total) | {"areas": {area: result(counts) for area, counts in areas.items()}}))
PY
