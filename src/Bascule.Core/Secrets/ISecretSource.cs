namespace Bascule.Core.Secrets;

/// <summary>Where secrets are kept outside this machine. Safe to use from many tasks at once.</summary>
public interface ISecretSource
{
    /// <summary>Which references it reads.</summary>
    string Scheme { get; }

    /// <summary>
    /// The secret as it is now. Any problem names the source and the remedy, and nothing of the secret: Unavailable or Limited when asking again may help.
    /// </summary>
    Task<Result<Secret>> ReadAsync(SecretReference reference, CancellationToken cancellationToken);
}
