namespace Bascule.Core.Api;

/// <summary>Where Bascule left aliases and stages of models, by environment, model and alias.</summary>
public sealed record PromotionList(IReadOnlyList<PromotionRecord> Promotions);

/// <summary>One alias or stage, and the move that brought it to where it is.</summary>
public sealed record PromotionRecord
{
    /// <summary>By which it is named in addresses.</summary>
    public required string Id { get; init; }
    public required string Environment { get; init; }

    /// <summary>The full name.</summary>
    public required string Model { get; init; }
    public required string Alias { get; init; }

    /// <summary>Whether a rollback concerns it where nobody names one: it stands first in the environment's <c>promotes</c>.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>Null once the alias was taken away.</summary>
    public string? Version { get; init; }

    /// <summary>The number of the move, from 1.</summary>
    public required long Generation { get; init; }
    public required string Forge { get; init; }

    /// <summary>owner/name of what the version was made of.</summary>
    public required string Repository { get; init; }
    public required string Commit { get; init; }

    /// <summary>The run that produced the version; null once the alias was taken away.</summary>
    public string? Producer { get; init; }

    /// <summary>The run that moved the alias.</summary>
    public required string Run { get; init; }

    /// <summary>Who asked, as the audit log names them.</summary>
    public required string By { get; init; }
    public required DateTimeOffset MovedAt { get; init; }
    public string? RolledBackBecause { get; init; }
}

/// <summary>The runs of Bascule that produced a version; one, as a rule.</summary>
public sealed record MadeVersionList(IReadOnlyList<MadeVersionRecord> Versions);

/// <param name="Model">The full name.</param>
/// <param name="Run">The run that produced it.</param>
public sealed record MadeVersionRecord(string Model, string Version, string Environment, string Run, string Commit);

/// <summary>Of a run that moves an alias: where to.</summary>
/// <param name="Version">Null when it takes the alias away.</param>
/// <param name="Producer">The run that produced the version.</param>
public sealed record PromotesRecord(string Model, string? Version, string Alias, string? Producer);
