namespace Bascule.Connectors.Issuers;

/// <summary>Names of keys that an issuer was asked for and does not have: it is not asked again for a while (THREATS T34).</summary>
internal sealed class UnknownKeys(TimeSpan memory, TimeProvider time)
{
    /// <summary>Beyond it all are forgotten: the pause between calls holds without this memory.</summary>
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _since = [];

    public bool Has(string keyId)
    {
        lock (_gate)
            return _since.TryGetValue(keyId, out var since) && time.GetElapsedTime(since) < memory;
    }

    public void Add(string keyId)
    {
        lock (_gate)
        {
            if (_since.Count >= Most)
                _since.Clear();
            _since[keyId] = time.GetTimestamp();
        }
    }
}
