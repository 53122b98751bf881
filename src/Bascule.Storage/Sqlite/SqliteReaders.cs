using Bascule.Storage.Stores;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite;

/// <summary>
/// Pooled reading connections; each query sees the newest committed state and waits for no writer (WAL).
/// SQLite has no asynchronous calls: a query holds its thread, so queries stay short and have limits.
/// </summary>
internal sealed class SqliteReaders(string path) : IReaders, IDisposable
{
    private readonly string _address = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = true,
    }.ToString();

    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = new SqliteConnection(_address);
            await connection.OpenAsync(cancellationToken);
            var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
            return (await connection.QueryAsync<T>(command)).AsList();
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Describe(path, failure);
        }
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_address);
        SqliteConnection.ClearPool(connection);
    }
}
