namespace Bascule.Storage;

/// <summary>The database cannot be opened, read or written. The message names the file and the remedy and may be shown to the operator.</summary>
public sealed class StorageException : Exception
{
    public StorageException(string message)
        : base(message) { }

    public StorageException(string message, Exception innerException)
        : base(message, innerException) { }

    public StorageException() { }
}
