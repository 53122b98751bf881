namespace Bascule.Core.Forges;

/// <summary>A repository as its forge describes it now. Names are for people and for addresses; decisions use <see cref="Id"/>.</summary>
public sealed record ForgeRepository
{
    public required long Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public required string DefaultBranch { get; init; }
    public bool Private { get; init; }

    /// <summary>Whether the connection's account may register webhooks here.</summary>
    public bool CanAdminister { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string FullName => $"{Owner}/{Name}";
}

/// <summary>An account on a forge; the numeric id is the identity, the login is for people.</summary>
public sealed record ForgeAccount(long Id, string Login);

/// <summary>How the git command line reaches a repository: an address that we built from the connection, and the Basic credential to present there and nowhere else.</summary>
/// <param name="UserName">As secret as the password: Gogs takes its token here and nowhere else.</param>
public sealed record GitAccess(Uri Url, string UserName, Secret Password, string? CaFile)
{
    /// <summary>The address alone: a record would print the user name.</summary>
    public override string ToString() => Url.ToString();
}
