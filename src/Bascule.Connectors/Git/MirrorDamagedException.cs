namespace Bascule.Connectors.Git;

/// <summary>What lies on the disk is not what was fetched.</summary>
public sealed class MirrorDamagedException : IOException
{
    public MirrorDamagedException() { }

    public MirrorDamagedException(string message)
        : base(message) { }

    public MirrorDamagedException(string message, Exception innerException)
        : base(message, innerException) { }
}
