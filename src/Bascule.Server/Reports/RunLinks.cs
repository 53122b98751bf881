using Bascule.Core.Runs;
using Bascule.Server.Identity;

namespace Bascule.Server.Reports;

/// <summary>Where a run's page is, for people who read it on the forge.</summary>
internal sealed class RunLinks(IssuerAddress address)
{
    public const string Route = "/runs/{id}";

    public Uri PageOf(RunId id) => new($"{address.Url.ToString().TrimEnd('/')}/runs/{id}");
}
