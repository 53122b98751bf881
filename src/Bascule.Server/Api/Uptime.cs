using System.Reflection;
using Bascule.Core.Api;

namespace Bascule.Server.Api;

/// <summary>Which version runs, and since when.</summary>
internal sealed class Uptime(TimeProvider time)
{
    private static readonly string Version =
        typeof(Uptime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _startedMark = time.GetTimestamp();

    public ServerStatus Read() => new(Version, _startedAt, (long)time.GetElapsedTime(_startedMark).TotalSeconds);
}
