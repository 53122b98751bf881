namespace Bascule.Cli.Features;

/// <summary>A token for one repository that a session was exchanged for.</summary>
internal sealed record SavedGitToken(string Token, DateTimeOffset GivenAt, DateTimeOffset ExpiresAt)
{
    /// <summary>A clone is cut when its token ends, so one that is near its end is not begun with.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public bool IsFresh(DateTimeOffset now)
    {
        var half = (ExpiresAt - GivenAt) / 2;
        return now + (half < Margin ? half : Margin) < ExpiresAt;
    }
}
