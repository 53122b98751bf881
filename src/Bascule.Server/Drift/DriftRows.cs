using Bascule.Core.Work;
using Bascule.Server.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Drift;

/// <summary>Makes sure that each environment that is compared has its row. Every replica does at its start; a row that is there is only asked for again.</summary>
internal sealed partial class DriftRows(
    EnvironmentConnections environments,
    IWorkStore store,
    TimeProvider time,
    ILogger<DriftRows> log
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var environment in environments.All)
        {
            if (!ComparedRuns.Compares(environment))
                continue;
            var added = await store.ApplyAsync([DriftHandler.RowOf(environment, now)], cancellationToken);
            if (added.Failed(out var problem))
                Log.NotAdded(log, environment.Name, problem.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Environment {Environment} is not compared until the next start: {Reason}")]
        public static partial void NotAdded(ILogger log, string environment, string reason);
    }
}
