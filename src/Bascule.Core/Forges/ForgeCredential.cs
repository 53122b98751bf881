namespace Bascule.Core.Forges;

/// <summary>
/// The credential of one forge: the one place that calls and git alike take it from, at each request, so that it can be replaced while Bascule runs.
/// Safe to use from many tasks at once (THREATS T93).
/// </summary>
/// <param name="initial">What the settings say; null where they name none.</param>
public sealed class ForgeCredential(ForgeSecret? initial)
{
    private ForgeSecret? _current = initial;
    private CredentialRenewal? _renewal;

    /// <summary>What to show now; null where there is nothing.</summary>
    public ForgeSecret? Current => Volatile.Read(ref _current);

    /// <summary>What the settings say.</summary>
    public ForgeSecret? FromSettings { get; } = initial;

    /// <summary>From the next request on; requests under way keep what they were sent with.</summary>
    public void Use(ForgeSecret secret) => Volatile.Write(ref _current, secret);

    /// <summary>Whom to ask when the forge does not take it.</summary>
    public void RenewBy(CredentialRenewal renewal) => Volatile.Write(ref _renewal, renewal);

    /// <summary>Another replica may have replaced it a moment ago. True when there is another one by now, with which a request is worth sending again.</summary>
    /// <param name="refused">What the forge did not take.</param>
    public async ValueTask<bool> RenewAsync(ForgeSecret refused, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(Current, refused))
            return true;
        if (
            Volatile.Read(ref _renewal) is not { } renewal
            || await renewal(refused, cancellationToken) is not { } other
        )
            return false;
        Use(other);
        return true;
    }
}

/// <summary>Finds what to show instead of what was refused; null when there is nothing else.</summary>
public delegate Task<ForgeSecret?> CredentialRenewal(ForgeSecret refused, CancellationToken cancellationToken);
