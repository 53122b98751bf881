using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Bascule.Server.Connections;

namespace Bascule.Server.Deployments;

/// <summary>Reads where deploy refs point, as far as whoever asks may see the runs there.</summary>
internal sealed class DeploymentReading(
    IDeploymentStore deployments,
    IRepositoryStore repositories,
    ForgeConnections forges,
    EnvironmentConnections environments,
    Sight sight
)
{
    private const int MaxLine = 200;

    /// <param name="environment">Null for all of them.</param>
    public async Task<DeploymentList> ListAsync(string? environment, Actor actor, CancellationToken cancellationToken)
    {
        var within = await sight.RunsAsync(actor, cancellationToken);
        var found = new List<DeploymentRecord>();
        foreach (
            var name in environments
                .All.Select(one => one.Name)
                .Where(name => environment is null || name == environment)
        )
        foreach (var deployed in await deployments.ListAsync(name, cancellationToken))
            if (within is null || within.Any(reach => Reaches(reach, deployed.Place)))
                found.Add(await DescribeAsync(deployed, cancellationToken));
        return new DeploymentList(found);
    }

    public async Task<DeploymentRecord> DescribeAsync(Deployment deployed, CancellationToken cancellationToken)
    {
        var (key, environment) = (deployed.Place.Repository, deployed.Place.Environment);
        var repository = await repositories.FindAsync(key, cancellationToken);
        return new DeploymentRecord
        {
            Id = IdOf(deployed.Place),
            Environment = environment,
            Forge = forges.Find(key.ForgeUid)?.Name ?? key.ForgeUid,
            Repository = PlainText.Line(repository?.FullName ?? key.ToString(), MaxLine),
            Ref = deployed.Place.Ref.ToString(),
            Commit = deployed.Commit.ToString(),
            Generation = deployed.Generation,
            Run = deployed.Run?.Text,
            By = deployed.By,
            MovedAt = deployed.At,
            RolledBackBecause = deployed.RolledBackBecause is { } because ? PlainText.Line(because, MaxLine) : null,
        };
    }

    public static string IdOf(DeployPlace place) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{place.Environment}.{place.Repository.ForgeUid}.{place.Repository.Id}"
        );

    /// <summary>Null when the text is not one of these ids.</summary>
    public static DeployPlace? PlaceOf(string id) =>
        id.Split('.') is [.. { Length: > 0 } environment, var forge, var number]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var repository)
            ? new DeployPlace(new RepositoryKey(forge, repository), string.Join('.', environment))
            : null;

    private static bool Reaches(RunReach reach, DeployPlace place) =>
        (reach.Repositories is null || reach.Repositories.Contains(place.Repository))
        && (reach.Environments is null || reach.Environments.Contains(place.Environment));
}
