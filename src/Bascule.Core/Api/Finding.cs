namespace Bascule.Core.Api;

/// <summary>One line of what <c>connect</c> or <c>doctor</c> found or did.</summary>
/// <param name="Subject">The connection, repository or environment.</param>
/// <param name="Text">What is so; for a failure also the remedy.</param>
/// <param name="Command">Something to type or paste, exactly; null for none.</param>
public sealed record Finding(FindingKind Kind, string Subject, string Text, string? Command = null);

public enum FindingKind
{
    Good,
    Done,
    Note,
    Bad,
}
