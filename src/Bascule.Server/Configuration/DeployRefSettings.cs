namespace Bascule.Server.Configuration;

/// <summary>How deploy refs are served when something is away.</summary>
public sealed record DeployRefSettings
{
    public static readonly DeployRefSettings Default = new();

    /// <summary>How long they are served as last known while the database cannot be asked; zero for not at all.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How much of what was deployed is kept in the database, for each environment and repository, in bytes; zero for nothing.</summary>
    public long StoreBytes { get; init; } = 64L << 20;
}
