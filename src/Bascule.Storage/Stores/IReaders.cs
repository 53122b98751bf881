namespace Bascule.Storage.Stores;

/// <summary>Reads the newest committed state and waits for no writer.</summary>
internal interface IReaders
{
    /// <exception cref="StorageException">The database cannot be read.</exception>
    Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters, CancellationToken cancellationToken);
}

internal static class ReaderExtensions
{
    /// <summary>The first row, or the type's default.</summary>
    public static async Task<T?> FindAsync<T>(
        this IReaders readers,
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    ) => await readers.ListAsync<T>(sql, parameters, cancellationToken) is [var first, ..] ? first : default;
}
