namespace Bascule.Core.Pushes;

/// <summary>Why a push is refused.</summary>
/// <param name="Check">Whose rule it is: see <see cref="IPushCheck.Name"/>.</param>
/// <param name="Message">Names the thing and the remedy, for whoever pushes; never what a secret is, only where.</param>
public sealed record PushFinding(string Check, string Message)
{
    /// <summary>The ref that it is about; null for all of the push.</summary>
    public string? Ref { get; init; }
}
