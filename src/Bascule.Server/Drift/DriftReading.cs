using Bascule.Core.Api;
using Bascule.Core.Drift;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Bascule.Server.Connections;

namespace Bascule.Server.Drift;

/// <summary>Reads what is not as it was deployed, as far as whoever asks may see the runs there; what others wrote is cleaned here (THREATS T113).</summary>
internal sealed class DriftReading(
    IDriftStore standings,
    ComparedRuns runs,
    EnvironmentConnections environments,
    Sight sight
)
{
    private const int MaxLine = 500;

    /// <summary>One record of everything that is compared.</summary>
    /// <param name="environment">Null for all of them.</param>
    public async Task<IReadOnlyList<DriftRecord>> ListAsync(
        string? environment,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var compared = environments
            .All.Where(ComparedRuns.Compares)
            .Select(one => one.Name)
            .Where(name => environment is null || name == environment)
            .ToHashSet(StringComparer.Ordinal);
        if (compared.Count == 0)
            return [];
        var within = await sight.RunsAsync(actor, cancellationToken);
        var deployed = await runs.ListAsync(within, cancellationToken);
        var known = (await standings.ListAsync(environment, cancellationToken)).ToDictionary(one => one.Place);
        return
        [
            .. deployed
                .Where(run => compared.Contains(run.Environment!))
                .Select(run => Of(run, known.GetValueOrDefault(DriftHandler.PlaceOf(run)))),
        ];
    }

    private static DriftRecord Of(Run run, DriftStanding? standing)
    {
        var problem = ProblemOf(run, standing);
        return new DriftRecord
        {
            Environment = Line(run.Environment!),
            Forge = Line(run.Forge),
            Repository = Line(run.RepositoryName),
            Workflow = Line(DriftHandler.NameOf(run)),
            Run = run.Id.Text,
            Commit = run.Commit.ToString(),
            State =
                problem is not null ? DriftState.Unknown
                : standing!.Total > 0 ? DriftState.Found
                : DriftState.None,
            ComparedAt = standing?.ComparedAt,
            Problem = problem,
            Since = standing?.Since,
            Total = standing?.Total ?? 0,
            Differences = [.. (standing?.Differences ?? []).Select(Of)],
        };
    }

    private static string? ProblemOf(Run run, DriftStanding? standing) =>
        standing is null ? "not compared yet: within a minute or two"
        : standing.Run != run.Id ? "deployed since the last comparison: compared again within a minute or two"
        : standing.Problem is { } problem ? Line(problem)
        : null;

    private static DifferenceRecord Of(Difference difference) =>
        new(Line(difference.What), difference.How, [.. difference.Fields.Select(Line)]);

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
