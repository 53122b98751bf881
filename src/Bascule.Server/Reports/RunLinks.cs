using Bascule.Core.Runs;
using Bascule.Server.Identity;

namespace Bascule.Server.Reports;

/// <summary>Where a run's page is, for people who read it on the forge.</summary>
internal sealed class RunLinks(IssuerAddress address)
{
    public const string Route = "/runs/{id}";

    /// <summary>The run's metrics as a drawing; whoever may see the run may see it.</summary>
    public const string ChartRoute = Route + "/metrics.svg";

    public Uri PageOf(RunId id) => new($"{address.Url.ToString().TrimEnd('/')}/runs/{id}");

    public Uri ChartOf(RunId id) => new($"{PageOf(id)}/metrics.svg");
}
