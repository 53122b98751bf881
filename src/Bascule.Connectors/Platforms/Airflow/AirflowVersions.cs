using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>
/// Finds out whether Airflow has a version. Airflow 3 tells the commit of a DAG that it parsed last; its list of DAG versions does not, since a row keeps its old
/// commit while the tasks are the same. Airflow 2, and Airflow 3 over a checkout that git-sync keeps, tell when they parsed a file and what they read, which says
/// nothing of the modules that the file imports.
/// </summary>
internal sealed class AirflowVersions(AirflowHttp http, AirflowOptions options)
{
    /// <summary>One look.</summary>
    public async Task<Result<VersionLook>> LookAsync(
        AirflowSession session,
        AwaitedVersion awaited,
        CancellationToken cancellationToken
    )
    {
        var unseen = new List<UnseenDag>();
        foreach (var dag in awaited.Dags)
        {
            var why = await WhyUnseenAsync(session, awaited, dag, cancellationToken);
            if (why.Failed(out var problem))
                return problem;
            if (why.Value.Length > 0)
                unseen.Add(new UnseenDag(dag, why.Value));
        }
        var errors = await ErrorsAsync(session, awaited, cancellationToken);
        return errors.Failed(out var unread) ? unread : new VersionLook(unseen, errors.Value);
    }

    /// <summary>The clock of the server, as it writes it on its answers; by it the moment of a move is told.</summary>
    public async Task<Result<DateTimeOffset>> ClockAsync(AirflowSession session, CancellationToken cancellationToken)
    {
        const string doing = "read its clock";
        var asked = await http.AskAsync(
            session,
            () => OutboundRequest.Get($"{options.Base}/version", doing),
            cancellationToken
        );
        if (asked.Failed(out var problem))
            return problem;
        var (answer, authorization) = asked.Value;
        if (AirflowAnswer.Refusal(answer, authorization) is { } refusal)
            return refusal;
        return
            answer.Headers.TryGetValue("Date", out var date)
            && DateTimeOffset.TryParseExact(date, "r", null, System.Globalization.DateTimeStyles.None, out var now)
            ? now
            : Problem.Invalid(
                $"{answer.Failing}: its answers have no Date; let the proxy before it pass the header on"
            );
    }

    /// <summary>Empty when it is there.</summary>
    private async Task<Result<string>> WhyUnseenAsync(
        AirflowSession session,
        AwaitedVersion awaited,
        AwaitedDag dag,
        CancellationToken cancellationToken
    )
    {
        if (!AirflowNames.IsDagId(dag.Id))
            return Problem.Invalid(
                $"{options.Subject}: '{StatusProblem.Clean(dag.Id)}' is not a DAG's id; write the id that Airflow shows"
            );
        // The short form of Airflow 3 tells no commit in its first releases.
        var path = OutboundPath.Of($"/dags/{dag.Id}") + (options.Api == AirflowApi.V2 ? "/details" : "");
        var read = await http.GetAsync(
            session,
            options.Base + path,
            $"look for DAG {dag.Id}",
            AirflowJson.Default.DagRow,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of("it is not there") : problem;
        var row = read.Value;
        if (row.IsGone)
            return Result.Of("its file is gone");
        if (row.HasImportErrors == true)
            return Result.Of("its file does not import");
        return row.BundleVersion is { Length: > 0 } commit
            ? Result.Of(commit == awaited.Commit.ToString() ? "" : $"it is at {StatusProblem.Clean(commit)}")
            : await OldSourceAsync(session, row, awaited, dag, cancellationToken);
    }

    private async Task<Result<string>> OldSourceAsync(
        AirflowSession session,
        DagRow row,
        AwaitedVersion awaited,
        AwaitedDag dag,
        CancellationToken cancellationToken
    )
    {
        if (row.LastParsedTime is not { } parsed || parsed <= awaited.MovedAt)
            return Result.Of("it was not parsed since");
        var read = await http.GetAsync(
            session,
            options.Base
                + OutboundPath.Of($"/dagSources/{(options.Api == AirflowApi.V2 ? dag.Id : row.FileToken ?? "")}"),
            $"read the source of DAG {dag.Id}",
            AirflowJson.Default.SourceAnswer,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of("it has no source yet") : problem;
        return Result.Of(
            DagText.DigestOf(read.Value.Content ?? "") == dag.SourceDigest ? "" : "it was parsed from another text"
        );
    }

    private async Task<Result<IReadOnlyList<DagImportError>>> ErrorsAsync(
        AirflowSession session,
        AwaitedVersion awaited,
        CancellationToken cancellationToken
    )
    {
        var (errors, rows) = (new List<DagImportError>(), 0);
        while (rows < AirflowDefaults.MaxRows)
        {
            var read = await http.GetAsync(
                session,
                $"{options.Base}/importErrors?limit={AirflowDefaults.PageSize}&offset={rows}",
                "read the import errors",
                AirflowJson.Default.ImportErrorPage,
                cancellationToken
            );
            if (read.Failed(out var problem))
                return problem;
            var page = read.Value.ImportErrors ?? [];
            rows += page.Count;
            errors.AddRange(
                page.Where(row => row.Timestamp > awaited.MovedAt && IsOurs(row))
                    .Select(row => (Path: PathOf(row, awaited), row.StackTrace))
                    .Where(error => error.Path is not null)
                    .Select(error => new DagImportError(error.Path!, error.StackTrace ?? ""))
            );
            if (page.Count == 0 || rows >= read.Value.TotalEntries)
                break;
        }
        return errors;
    }

    private bool IsOurs(ImportErrorRow row) => options.Bundle is null || row.BundleName == options.Bundle;

    private string? PathOf(ImportErrorRow row, AwaitedVersion awaited) =>
        row.Filename is not { } name ? null
        : options.Api == AirflowApi.V2 ? (awaited.Files.Contains(name) ? name : null)
        : awaited.Files.Where(file => name.EndsWith($"/{file}", StringComparison.Ordinal)).MaxBy(file => file.Length);
}
