using System.Globalization;

namespace Bascule.Core.Platforms;

/// <summary>
/// What runs that Bascule did not start are called: a run of the platform's tracking by its own id, a run of a job by its number behind a prefix. Ids of
/// tracking have no colon, so that neither takes the other's place.
/// </summary>
public static class ForeignRunId
{
    private const string Job = "job:";

    public static string OfJobRun(long run) => Job + run.ToString(CultureInfo.InvariantCulture);

    /// <summary>The platform's own id of a run of a job; null for a run of its tracking.</summary>
    public static string? JobRun(string id) => id.StartsWith(Job, StringComparison.Ordinal) ? id[Job.Length..] : null;
}
