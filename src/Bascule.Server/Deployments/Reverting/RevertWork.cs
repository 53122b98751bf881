using System.Globalization;
using Bascule.Core.Deployments;
using Bascule.Core.Work;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>The row by which a rollback is taken into the repository. It is stored with the rollback, which never waits for it.</summary>
internal static class RevertWork
{
    public const string Kind = "deploy.revert";

    /// <param name="back">The move that went back.</param>
    public static Change For(Deployment back)
    {
        var place = DeploymentReading.IdOf(back.Place);
        var generation = back.Generation.ToString(CultureInfo.InvariantCulture);
        return new AddWork(
            new NewWork($"revert:{place}", Kind, $"{place}@{generation}", back.At, Once: true)
            {
                Share = back.Place.Repository.ToString(),
            }
        );
    }

    /// <summary>Null for what is no subject of such a row.</summary>
    public static (DeployPlace Place, long Generation)? Parse(string subject) =>
        subject.LastIndexOf('@') is >= 0 and var at
        && DeploymentReading.PlaceOf(subject[..at]) is { } place
        && long.TryParse(subject[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? (place, generation)
            : null;
}
