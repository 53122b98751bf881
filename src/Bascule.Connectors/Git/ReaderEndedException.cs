namespace Bascule.Connectors.Git;

/// <summary>The reading process is gone: killed, out of memory, or it met an object that it could not read.</summary>
public sealed class ReaderEndedException : IOException
{
    public ReaderEndedException() { }

    public ReaderEndedException(string message)
        : base(message) { }

    public ReaderEndedException(string message, Exception innerException)
        : base(message, innerException) { }
}
