#!/usr/bin/env bash
# The main job, end to end, on this machine: a push becomes a run, and the run reports back.
#   ./demo.sh                  stays up until Ctrl-C, so that you can look around in the console
#   ./demo.sh --once           ends by itself; the last line on standard output is one JSON object
#   ./demo.sh --forge gogs     plays it on Gogs instead of Gitea
#   ./demo.sh --platform airflow    plays it on Airflow instead of Databricks
#   ./demo.sh --platform apim       plays it on Azure API Management
#   ./demo.sh --platform azureml    plays it on Azure Machine Learning
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. build/needs.sh

need git git python3 python3 "$sqlite_library" libsqlite3-0
need_dotnet

say "Building Bascule (the first time restores its packages) ..."
dotnet restore src/Bascule.Cli/Bascule.Cli.csproj --locked-mode -v quiet >&2
dotnet build src/Bascule.Cli/Bascule.Cli.csproj -c Release --no-restore -v quiet -clp:ErrorsOnly >&2

exec dotnet artifacts/bin/Bascule.Cli/release/bascule.dll demo "$@"
