namespace Bascule.Core.Audit.Shipping;

/// <summary>Somebody else's copy of the audit log. Used by one task at a time; may be used again after any answer.</summary>
public interface ICollector : IAsyncDisposable
{
    /// <summary>As the settings spell it: syslog, otlp, file, http.</summary>
    string Kind { get; }

    /// <summary>Where it is, as people read it: an address or a path. Never a secret.</summary>
    string Target { get; }

    /// <summary>Entries of one batch at most.</summary>
    int MaxEntries { get; }

    /// <summary>Bytes of the entries of one batch at most; a batch has one entry at least, however long.</summary>
    int MaxBytes { get; }

    /// <summary>Sends entries in their order and returns what is known then. Throws only when it is cancelled.</summary>
    Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken);
}

/// <summary>What became of a batch.</summary>
public abstract record Sent
{
    private Sent() { }

    /// <summary>The collector has all of it, as far as its protocol can say so.</summary>
    /// <param name="Remark">What the collector said beside that; null for nothing.</param>
    public sealed record Acknowledged(string? Remark = null) : Sent;

    /// <summary>The collector refuses what the batch holds, all of it or some: sending the same again would not help.</summary>
    /// <param name="IsFinal">Its protocol forbids to send the same once more.</param>
    public sealed record Refused(Problem Problem, bool IsFinal = false) : Sent;

    /// <summary>Nobody knows how much of it has arrived: all of it is sent again later.</summary>
    public sealed record Unknown(Problem Problem) : Sent;
}
