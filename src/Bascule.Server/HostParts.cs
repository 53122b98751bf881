using Bascule.Core;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Personal;
using Bascule.Server.Sealing;
using Bascule.Server.Secrets;
using Bascule.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server;

/// <summary>What has to be opened before anything can be wired: the key, the database, and the names bound in it.</summary>
internal sealed record HostParts(
    MasterKey MasterKey,
    LocalToken Token,
    IStorage Storage,
    ForgeConnections Forges,
    EnvironmentConnections Environments,
    PlatformPlanners Platforms
) : IAsyncDisposable
{
    public static async Task<Result<HostParts>> OpenAsync(
        ServerSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        // Nobody else on the machine has any business here; what is inside is 0600 as well.
        Directory.CreateDirectory(
            settings.DataFolder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        var read = await FirstSecrets.ReadAsync(settings, time, cancellationToken);
        if (read.Failed(out var unread))
            return unread;
        var key = await MasterKeys.OpenAsync(
            settings.MasterKey ?? new MasterKeyFile(Path.Combine(settings.DataFolder, "master.key")),
            settings.SecretSources,
            time,
            cancellationToken
        );
        if (key.Failed(out var noKey))
            return noKey;
        var token = LocalToken.OpenOrCreate(settings.DataFolder);
        if (token.Failed(out var noToken))
            return noToken;
        try
        {
            var storage = await OpenStorageAsync(settings.Storage, time, cancellationToken);
            return storage.Failed(out var noStorage)
                ? noStorage
                : await BindAsync(settings, key.Value, token.Value, storage.Value, cancellationToken);
        }
        catch (StorageException problem)
        {
            return Problem.Unavailable(problem.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        MasterKey.Dispose();
    }

    private static async Task<Result<IStorage>> OpenStorageAsync(
        StorageSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (settings is SqliteSettings sqlite)
            return Result.Of<IStorage>(await SqliteStorage.OpenAsync(sqlite.File, time, cancellationToken));
        var address = ((PostgresSettings)settings).ReadAddress();
        return address.Failed(out var problem)
            ? problem
            : Result.Of<IStorage>(await PostgresStorage.OpenAsync(address.Value, time, cancellationToken));
    }

    /// <summary>Every replica, and every restored copy, needs the key that sealed what is stored: another one would find nothing but rubbish.</summary>
    private static async Task<Result<Done>> BindKeyAsync(
        MasterKey key,
        IStorage storage,
        CancellationToken cancellationToken
    )
    {
        var check = key.Mac("master key", "check");
        return await storage.Installation.BindMasterKeyAsync(check, cancellationToken) == check
            ? Result.Done
            : Problem.Conflict(
                "this database was sealed with another master.key: copy data/master.key (mode 0600) from the replica that made it, or from where you keep it"
            );
    }

    private static async Task<Result<HostParts>> BindAsync(
        ServerSettings settings,
        MasterKey key,
        LocalToken token,
        IStorage storage,
        CancellationToken cancellationToken
    )
    {
        var bound = await BindKeyAsync(key, storage, cancellationToken);
        if (bound.Failed(out var otherKey))
        {
            await storage.DisposeAsync();
            return otherKey;
        }
        var forges = await Binding.BindForgesAsync(settings, storage.Installation, cancellationToken);
        if (forges.Failed(out var problem))
        {
            await storage.DisposeAsync();
            return problem;
        }
        var environments = await Binding.BindEnvironmentsAsync(settings, storage.Installation, cancellationToken);
        IPlatform[] platforms = [.. settings.Platforms.Select(connection => connection.Platform)];
        return new HostParts(key, token, storage, forges.Value, environments, new PlatformPlanners(platforms));
    }
}

internal static class HostPartsExtensions
{
    /// <summary>The container does not dispose of these: whoever opened them does.</summary>
    public static void AddParts(this IServiceCollection services, HostParts parts)
    {
        services.AddSingleton(parts.MasterKey);
        services.AddSingleton(parts.Forges);
        services.AddSingleton(parts.Environments);
        services.AddSingleton(parts.Platforms);
        services.AddSingleton(parts.Storage.Work);
        services.AddSingleton(parts.Storage.Shards);
        services.AddSingleton(parts.Storage.WorkSignal);
        services.AddSingleton(parts.Storage.Backlog);
        services.AddSingleton(parts.Storage.Deliveries);
        services.AddSingleton(parts.Storage.Webhooks);
        services.AddSingleton(parts.Storage.Repositories);
        services.AddSingleton(parts.Storage.Runs);
        services.AddSingleton(parts.Storage.Holders);
        services.AddSingleton(parts.Storage.Approvals);
        services.AddSingleton(parts.Storage.Schedules);
        services.AddSingleton(parts.Storage.Reports);
        services.AddSingleton(parts.Storage.Reconcile);
        services.AddSingleton(parts.Storage.Gaps);
        services.AddSingleton(parts.Storage.Installation);
        services.AddSingleton(parts.Storage.Retention);
        services.AddSingleton<IPeopleStore>(provider => new KnownPeople(
            parts.Storage.People,
            provider.GetRequiredService<ErasedSubjects>()
        ));
        services.AddSingleton(parts.Storage.PersonKeys);
        services.AddSingleton(parts.Storage.LinkProofs);
        services.AddSingleton(parts.Storage.ConfirmedKeys);
        services.AddSingleton(parts.Storage.Pushes);
        services.AddSingleton(parts.Storage.Lineage);
        services.AddSingleton(parts.Storage.Audit);
        services.AddSingleton(parts.Storage.AuditLogs);
        services.AddSingleton(parts.Storage.UsedTokens);
        services.AddSingleton(parts.Storage.Sessions);
        services.AddSingleton(parts.Storage.GitPasses);
        services.AddSingleton(parts.Storage.ForgeCredentials);
        services.AddSingleton(parts.Storage.Attestations);
        services.AddSingleton(parts.Storage.Collectors);
        services.AddSingleton(parts.Storage.Deployments);
        services.AddSingleton(parts.Storage.Drift);
        services.AddSingleton(parts.Storage.Promotions);
    }
}
