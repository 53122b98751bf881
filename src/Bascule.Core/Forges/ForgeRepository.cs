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

/// <summary>
/// How git reaches a repository: an address that we built from the connection, and what to present there and nowhere else. The login is asked for at each
/// request, since the credential may be replaced while a fetch is under way.
/// </summary>
/// <param name="FindLogin">Null where the connection has no credential.</param>
public sealed record GitAccess(Uri Url, Func<GitLogin?> FindLogin, string? CaFile)
{
    /// <summary>With a login that nobody replaces.</summary>
    public GitAccess(Uri url, string userName, Secret password, string? caFile)
        : this(url, () => new GitLogin(userName, password), caFile) { }

    /// <summary>Whether, after that login was refused, another one is worth trying.</summary>
    public Func<GitLogin, CancellationToken, ValueTask<bool>> RenewAsync { get; init; } =
        (_, _) => ValueTask.FromResult(false);

    /// <summary>The address alone.</summary>
    public override string ToString() => Url.ToString();
}

/// <summary>The two halves of HTTP Basic.</summary>
/// <param name="UserName">As secret as the password: Gogs takes its token here.</param>
public sealed record GitLogin(string UserName, Secret Password)
{
    /// <summary>A record would print the user name.</summary>
    public override string ToString() => "***";
}
