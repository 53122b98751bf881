namespace Bascule.Core.Api;

/// <summary>Who somebody is here: they themselves ask.</summary>
public sealed record AccountRecord
{
    /// <summary>The pseudonym under which the audit log speaks of them.</summary>
    public required string Uid { get; init; }
    public required string Name { get; init; }

    /// <summary>The rules that name them, as written in the settings.</summary>
    public required IReadOnlyList<string> Roles { get; init; }
    public required IReadOnlyList<LinkedAccountRecord> Accounts { get; init; }

    /// <summary>Where they can link an account.</summary>
    public required IReadOnlyList<LinkableForgeRecord> Forges { get; init; }
}

/// <summary>An account at a forge that its person has proven.</summary>
public sealed record LinkedAccountRecord
{
    public required string Forge { get; init; }

    /// <summary>The forge's number for it.</summary>
    public required long Account { get; init; }

    /// <summary>Its name when it was linked; display only.</summary>
    public required string Login { get; init; }
    public required string Proof { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <param name="ByOAuth">Whether the forge itself can be asked, in the console.</param>
public sealed record LinkableForgeRecord(string Forge, Uri Url, bool ByOAuth);

/// <summary>A code to be written as a comment at the forge, with the account that is to be linked.</summary>
/// <param name="Until">It is good once, and no longer than this.</param>
public sealed record LinkCodeRecord(string Forge, Uri Url, string Code, DateTimeOffset Until);
