using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Lineage;

/// <summary>Makes sure that each environment that observes has its row. Every replica does at its start; a row that is there is only asked for again.</summary>
internal sealed partial class ForeignRows(
    EnvironmentConnections environments,
    IWorkStore store,
    TimeProvider time,
    ILogger<ForeignRows> log
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var environment in environments.All)
        {
            if (environment.Platform is not IObservesForeignRuns role || !role.Observes(environment.Settings))
                continue;
            var added = await store.ApplyAsync([ForeignRunsHandler.RowOf(environment, now)], cancellationToken);
            if (added.Failed(out var problem))
                Log.NotAdded(log, environment.Name, problem.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Environment {Environment} observes nothing until the next start: {Reason}")]
        public static partial void NotAdded(ILogger log, string environment, string reason);
    }
}
