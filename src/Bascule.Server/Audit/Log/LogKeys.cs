using Bascule.Core.Audit.Log;

namespace Bascule.Server.Audit.Log;

/// <summary>A log with its keys. The private one is in memory only where the log may still grow.</summary>
internal sealed class LogKeys : IDisposable
{
    private LogKeys(NoteKey key, NoteSigner? signer) => (Key, Signer) = (key, signer);

    public NoteKey Key { get; }

    /// <summary>Null for a log that is closed.</summary>
    public NoteSigner? Signer { get; }

    public static LogKeys ToRead(StoredLog log) =>
        new(NoteKey.Of(log.Origin, NoteKeyType.Ed25519, log.PublicKey), signer: null);

    public static LogKeys ToSign(StoredLog log, ReadOnlySpan<byte> seed)
    {
        var signer = new NoteSigner(log.Origin, seed);
        return new LogKeys(NoteKey.Of(log.Origin, NoteKeyType.Ed25519, log.PublicKey), signer);
    }

    public void Dispose()
    {
        Key.Dispose();
        Signer?.Dispose();
    }
}
