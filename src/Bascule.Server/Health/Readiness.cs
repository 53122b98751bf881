using System.Text.Json.Serialization;
using Bascule.Core;
using Bascule.Core.Work;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Health;

/// <param name="Remedy">What to do about it; null when all is well.</param>
internal sealed record HealthCheck(string Name, bool Ok, string? Remedy);

/// <param name="Checks">Null for strangers.</param>
internal sealed record Health(string Status, IReadOnlyList<HealthCheck>? Checks)
{
    [JsonIgnore]
    public bool IsReady => Status == Ready;

    public const string Ready = "ready";
    public const string NotReady = "not ready";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Health))]
internal sealed partial class HealthJson : JsonSerializerContext;

/// <summary>
/// Whether this replica may be given deliveries: storage answers, its writer takes transactions, and nobody is stopping it. Strangers may ask as often as
/// they like: storage is asked once a second at most, and one question at a time.
/// </summary>
internal sealed class Readiness(
    IWorkBacklog backlog,
    IWorkStore store,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Task<HealthCheck[]>? _asked;
    private long _askedAt;

    public async Task<Health> ReadAsync(CancellationToken cancellationToken)
    {
        HealthCheck[] checks = [Lifetime(), .. await StorageAsync().WaitAsync(cancellationToken)];
        return new Health(checks.All(check => check.Ok) ? Health.Ready : Health.NotReady, checks);
    }

    private HealthCheck Lifetime() =>
        lifetime.ApplicationStopping.IsCancellationRequested
            ? new("process", false, "Bascule is stopping; send deliveries to another replica, or start it again")
            : new("process", true, null);

    private Task<HealthCheck[]> StorageAsync()
    {
        lock (_gate)
        {
            if (_asked is { IsCompleted: false } || (_asked is not null && time.GetElapsedTime(_askedAt) < Fresh))
                return _asked;
            _askedAt = time.GetTimestamp();
            return _asked = Task.Run(AskAsync);
        }
    }

    private async Task<HealthCheck[]> AskAsync() =>
        [
            await CheckAsync(
                "storage.read",
                "the database cannot be read; see Bascule's log, and look at the disk or the database server",
                async () =>
                {
                    _ = await backlog.ReadAsync(time.GetUtcNow(), CancellationToken.None);
                    return Result.Done;
                }
            ),
            // A transaction without changes: it takes the writer's whole way, and costs no disk.
            await CheckAsync(
                "storage.write",
                "the database takes no transactions; see Bascule's log, free the disk, or repair the database",
                () => store.ApplyAsync([], CancellationToken.None)
            ),
        ];

    private async Task<HealthCheck> CheckAsync(string name, string remedy, Func<Task<Result<Done>>> ask)
    {
        try
        {
            var answered = await Task.Run(ask).WaitAsync(Patience, time);
            return new HealthCheck(name, answered.Problem is null, answered.Problem is null ? null : remedy);
        }
        catch (Exception)
        {
            return new HealthCheck(name, false, remedy);
        }
    }
}
