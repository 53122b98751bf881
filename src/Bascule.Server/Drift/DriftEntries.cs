using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Drift;
using Bascule.Core.Runs;

namespace Bascule.Server.Drift;

/// <summary>How drift is told in the audit log.</summary>
internal static class DriftEntries
{
    /// <summary>An entry is read by people: the page and the API have more.</summary>
    private const int MostNamed = 50;

    public static bool IsSame(DriftStanding? former, DriftStanding found) =>
        former is not null
        && former.Total == found.Total
        && DifferenceJson.ToText(former.Differences) == DifferenceJson.ToText(found.Differences);

    public static AuditEntry Found(Run run, DriftStanding found)
    {
        var entry = Of(AuditTypes.DriftFound, run);
        entry.Facts!["differences"] = DifferenceJson.Of(found.Differences.Take(MostNamed));
        entry.Facts["total"] = found.Total;
        return entry;
    }

    /// <param name="former">What there was until now.</param>
    public static AuditEntry Ended(Run run, DriftStanding former)
    {
        var entry = Of(AuditTypes.DriftEnded, run);
        entry.Facts!["total"] = former.Total;
        entry.Facts["since"] = former.Since is { } since ? AuditEntry.TimeText(since) : null;
        return entry;
    }

    private static AuditEntry Of(string type, Run run) =>
        new(type, "bascule")
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Facts = new JsonObject
            {
                ["environment"] = run.Environment,
                ["workflow"] = DriftHandler.NameOf(run),
                ["commit"] = run.Commit.ToString(),
            },
        };
}
