namespace Bascule.Core.Identity;

/// <summary>A run's right to speak for itself: Bascule signs who, what and where as an OpenID token (ARCHITECTURE 6, RS256).</summary>
public interface IRunIdentity
{
    /// <summary>
    /// A signed token for one audience, good for the given time. Unavailable while no signing key has been seen at the public address.
    /// </summary>
    Task<Result<Secret>> AssertAsync(string audience, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>The token's <c>sub</c>, for messages that explain a refused federation.</summary>
    string Subject { get; }
}
