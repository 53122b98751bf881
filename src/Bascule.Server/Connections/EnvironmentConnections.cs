using Bascule.Core.Platforms;
using Bascule.Core.Workflows;

namespace Bascule.Server.Connections;

/// <summary>An environment of the settings, with the uid that its name is bound to and the platform it leads to.</summary>
/// <param name="Uid">What <c>sub</c> names: random, so that a name used again is another environment.</param>
public sealed record EnvironmentConnection(
    string Uid,
    EnvironmentRule Rule,
    IPlatform Platform,
    PlatformEnvironment Settings
)
{
    public string Name => Rule.Name;

    /// <summary>The subject of every token signed for what runs in this environment.</summary>
    public string Subject => $"env:{Uid}";

    /// <summary>The subject of tokens by which its plans are made: of commits that nobody has approved (THREATS T142).</summary>
    public string PlanSubject => $"plan:{Uid}";
}

/// <summary>The environments of the settings.</summary>
public sealed class EnvironmentConnections(IReadOnlyList<EnvironmentConnection> connections)
{
    public IReadOnlyList<EnvironmentConnection> All => connections;

    public EnvironmentConnection? Find(string name) =>
        connections.FirstOrDefault(connection => connection.Name == name);
}
