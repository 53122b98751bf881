namespace Bascule.Simulators.Forges;

/// <summary>An account of the simulated forge: a person or an organisation.</summary>
public sealed class ForgeUser
{
    internal ForgeUser(long id, string name, DateTimeOffset created)
    {
        Id = id;
        Name = name;
        Created = created;
    }

    public long Id { get; }

    public string Name { get; }

    public string FullName { get; internal set; } = "";

    public string Email { get; internal set; } = "";

    public bool IsAdmin { get; internal init; }

    public bool IsOrganisation { get; internal init; }

    internal DateTimeOffset Created { get; }

    internal string Password { get; set; } = "";

    internal List<AccessToken> Tokens { get; } = [];

    internal List<SshKey> SshKeys { get; } = [];

    internal List<GpgKey> GpgKeys { get; } = [];

    /// <summary>Owners of an organisation; empty for a person.</summary>
    internal HashSet<long> Owners { get; } = [];

    /// <summary>Members of an organisation, owners among them. Membership alone gives no access to a repository.</summary>
    internal HashSet<long> Members { get; } = [];
}

internal sealed record SshKey(long Id, string Title, string Content, DateTimeOffset Created);

/// <param name="Packet">Base 64 of the primary key's packet alone: Gitea keeps it so.</param>
internal sealed record GpgKey(long Id, string KeyId, string Packet, DateTimeOffset Created);

internal sealed record AccessToken(long Id, string Name, string Sha1);
