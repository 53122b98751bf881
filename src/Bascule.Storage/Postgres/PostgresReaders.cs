using Bascule.Storage.Stores;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Pooled connections for reading; each query sees the newest committed state.</summary>
internal sealed class PostgresReaders(NpgsqlDataSource source, string server) : IReaders
{
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
            return (await connection.QueryAsync<T>(command)).AsList();
        }
        catch (Exception failure) when (PostgresFailure.IsMachinery(failure))
        {
            throw PostgresFailure.Describe(server, failure);
        }
    }
}
