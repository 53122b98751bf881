using Bascule.Core.Work;
using Bascule.Server.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Credentials;

internal static class CredentialsExtensions
{
    /// <summary>Needs the forges, the master key, the stores of credentials and work, the audit trail and the hold gate.</summary>
    public static void AddCredentials(this IServiceCollection services)
    {
        services.AddSingleton<CredentialSeal>();
        services.AddSingleton<CredentialReader>();
        services.AddSingleton<CredentialActs>();
        services.AddSingleton<IWorkHandler, CredentialRotation>();
        services.AddSingleton<CredentialWatch>();
    }

    /// <summary>Comes before whatever calls a forge at its start.</summary>
    public static void WatchCredentials(this IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<CredentialWatch>());
        services.AddHostedService<CredentialRows>();
    }
}

/// <summary>Makes sure that each forge has its row of work. Every replica does at its start; a row that is there is only asked for again.</summary>
internal sealed partial class CredentialRows(
    ForgeConnections forges,
    IWorkStore store,
    TimeProvider time,
    ILogger<CredentialRows> log
) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var forge in forges.All)
        {
            Change[] rows = [CredentialRotation.RowOf(forge.Uid, time.GetUtcNow())];
            if ((await store.ApplyAsync(rows, cancellationToken)).Failed(out var problem))
                Log.NotAdded(log, forge.Name, problem.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "The credential of forge {Forge} is not replaced until the next start: {Reason}"
        )]
        public static partial void NotAdded(ILogger log, string forge, string reason);
    }
}
