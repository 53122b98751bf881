using Bascule.Core.Work;
using Bascule.Server.Connect;
using Bascule.Server.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Reconcile;

internal static class ReconcileExtensions
{
    public static void AddReconcile(this IServiceCollection services)
    {
        services.AddSingleton<ListingReader>();
        services.AddSingleton<ForgeOverview>();
        services.AddSingleton<RepositoryComparer>();
        services.AddSingleton<StatusLooks>();
        services.AddSingleton<StandingLooks>();
        services.AddSingleton<IWorkHandler, ReconcileHandler>();
    }

    /// <summary>Has every forge compared, and its webhooks' secrets looked after, from the start on.</summary>
    public static void AddReconcileRows(this IServiceCollection services) => services.AddHostedService<ReconcileRows>();
}

/// <summary>Makes sure that each forge has its rows. Every replica does at its start; a row that is there is only asked for again.</summary>
internal sealed partial class ReconcileRows(
    ForgeConnections forges,
    IWorkStore store,
    TimeProvider time,
    ILogger<ReconcileRows> log
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var forge in forges.All)
        {
            var now = time.GetUtcNow();
            Change[] rows = [ReconcileHandler.RowOf(forge.Uid, now), RotationHandler.RowOf(forge.Uid, now)];
            if ((await store.ApplyAsync(rows, cancellationToken)).Failed(out var problem))
                Log.NotAdded(log, forge.Name, problem.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Forge {Forge} will not be compared until the next start: {Reason}")]
        public static partial void NotAdded(ILogger log, string forge, string reason);
    }
}
