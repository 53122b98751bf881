using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Server.Tests.Shipping;

/// <summary>A collector that takes, refuses or fails as a test wants, and remembers what it has.</summary>
internal sealed class LabCollector : ICollector
{
    private readonly Lock _gate = new();
    private readonly List<long> _received = [];

    public string Kind => "lab";
    public string Target => "lab:1";
    public int MaxEntries { get; init; } = 100;
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Entries that it refuses for what they hold; a batch with one of them whole.</summary>
    public Func<long, bool> Refuses { get; set; } = _ => false;

    /// <summary>Null while it is there.</summary>
    public Problem? Away { get; set; }

    public bool IsFinal { get; set; }

    public Exception? Throws { get; set; }

    /// <summary>Indexes of all that was sent and taken, each time that it was.</summary>
    public IReadOnlyList<long> Received
    {
        get
        {
            lock (_gate)
                return [.. _received];
        }
    }

    /// <summary>Batches that it was given, whatever it said.</summary>
    public List<int> Batches { get; } = [];

    public Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(Take(batch));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Sent Take(IReadOnlyList<ShippedEntry> batch)
    {
        Batches.Add(batch.Count);
        if (Throws is not null)
            throw Throws;
        if (Away is { } problem)
            return new Sent.Unknown(problem);
        if (batch.Any(entry => Refuses(entry.Index)))
            return new Sent.Refused(Problem.Invalid("it is not wanted"), IsFinal);
        _received.AddRange(batch.Select(entry => entry.Index));
        return new Sent.Acknowledged();
    }
}
