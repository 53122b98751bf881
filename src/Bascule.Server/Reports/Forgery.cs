using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Reports;

namespace Bascule.Server.Reports;

/// <summary>A status in Bascule's name that another account wrote, as the pull request's comment tells it.</summary>
internal sealed record Forgery(
    string Context,
    CommitStatusState State,
    CommitId Commit,
    long CreatorId,
    DateTimeOffset At
)
{
    public string Word => State.ToString().ToLowerInvariant();

    public static Forgery Of(Report report)
    {
        var parts = report.Verdict.Split(' ', 4);
        return new Forgery(
            parts[3],
            Enum.Parse<CommitStatusState>(parts[0]),
            CommitId.Parse(parts[2]),
            report.ForgeId ?? 0,
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[1], CultureInfo.InvariantCulture))
        );
    }

    public Report ToReport(RepositoryKey repository, string place) =>
        new(
            repository,
            place,
            CreatorId,
            "",
            string.Create(CultureInfo.InvariantCulture, $"{State} {At.ToUnixTimeMilliseconds()} {Commit} {Context}")
        );
}
