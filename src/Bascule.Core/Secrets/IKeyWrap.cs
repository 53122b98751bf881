namespace Bascule.Core.Secrets;

/// <summary>A key elsewhere that wraps ours: what is stored here is of no use without asking there.</summary>
public interface IKeyWrap
{
    /// <summary>What is stored; unwrapping it gives the key again.</summary>
    Task<Result<string>> WrapAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    Task<Result<byte[]>> UnwrapAsync(string wrapped, CancellationToken cancellationToken);
}
