using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Server.Schedules;

/// <summary>The row of a schedule: it waits for the next planned time, and is asked for at once when the branch's file may have changed.</summary>
internal static class ScheduleWork
{
    public const string Kind = "schedule";

    public static Change LookAt(RepositoryKey repository, RefName branch, string workflow, DateTimeOffset now)
    {
        // Branch names hold no space, and workflow names neither.
        var subject = $"{repository} {branch} {workflow}";
        return new AddWork(
            new NewWork($"schedule:{repository}:{workflow}:{branch}", Kind, subject, now, Once: true)
            {
                Share = repository.ToString(),
            }
        );
    }

    public static (RepositoryKey Repository, RefName Branch, string Workflow) Parse(string subject)
    {
        var parts = subject.Split(' ');
        var slash = parts[0].IndexOf('/', StringComparison.Ordinal);
        var id = long.Parse(parts[0].AsSpan(slash + 1), CultureInfo.InvariantCulture);
        return (new RepositoryKey(parts[0][..slash], id), RefName.Parse(parts[1]), parts[2]);
    }
}
