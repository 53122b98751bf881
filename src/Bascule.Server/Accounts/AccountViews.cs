using Bascule.Core;
using Bascule.Core.People;

namespace Bascule.Server.Accounts;

/// <summary>A person's own account, as the console shows it.</summary>
public sealed record AccountView(
    Actor Actor,
    IReadOnlyList<HeldRole> Roles,
    IReadOnlyList<LinkedAccount> Accounts,
    IReadOnlyList<LinkableForge> Forges
)
{
    /// <summary>What just happened; null when the page was merely opened.</summary>
    public Outcome? Done { get; init; }

    public Problem? Problem { get; init; }

    /// <summary>A code that was made just now, and for which forge. It is shown this once.</summary>
    public (string Forge, Secret Code)? Made { get; init; }
}

/// <param name="Forge">Its name in the settings; its uid when they have it no more.</param>
public sealed record LinkedAccount(ForgeLink Link, string Forge);

/// <param name="ByOAuth">Whether the forge itself can be asked whose account it is.</param>
/// <param name="CodeUntil">Until when a code waits to be found; null when none does.</param>
public sealed record LinkableForge(string Name, Uri Url, bool ByOAuth, DateTimeOffset? CodeUntil);

/// <param name="Host">Where the person is led.</param>
public sealed record AccountProofView(string Forge, string Host, Uri Address);

/// <summary>What a form did, as the address of the page after it says.</summary>
public sealed record Outcome(string Word, string Message)
{
    public static readonly Outcome Linked = new(
        "linked",
        "The account is linked. If it is not yours, unlink it now and tell whoever runs Bascule."
    );
    public static readonly Outcome Unlinked = new("unlinked", "The account is not linked to you any more.");

    /// <summary>Null for any other word.</summary>
    public static Outcome? Of(string? word) => new[] { Linked, Unlinked }.FirstOrDefault(done => done.Word == word);
}
