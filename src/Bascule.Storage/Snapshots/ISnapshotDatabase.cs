using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Bascule.Storage.Snapshots;

/// <summary>A database with one transaction open, in which everything is read or written as it was at one moment.</summary>
internal interface ISnapshotDatabase : IAsyncDisposable
{
    /// <summary>As people know it: a file, or a server.</summary>
    string Name { get; }

    DbTransaction Transaction { get; }

    /// <summary>Every table there is but <see cref="TableSchema.Apart"/>, in no particular order.</summary>
    Task<IReadOnlyList<TableSchema>> ReadTablesAsync(CancellationToken cancellationToken);

    /// <summary>The highest number that the table's identity column has given out; null where nobody remembers.</summary>
    Task<long?> ReadLastAsync(TableSchema table, CancellationToken cancellationToken);

    /// <summary>Numbers given out from now on are higher than this, and than all that are there.</summary>
    Task SetLastAsync(TableSchema table, long? last, CancellationToken cancellationToken);

    /// <summary>What went wrong in words for an operator; null when it is a bug of ours.</summary>
    StorageException? Describe(DbException failure);
}

internal static class SnapshotDatabaseExtensions
{
    [SuppressMessage(
        "Security",
        "CA2100",
        Justification = "Names come from the database's own schema, and are quoted."
    )]
    public static DbCommand Command(this ISnapshotDatabase database, string sql)
    {
        var command = database.Transaction.Connection!.CreateCommand();
        command.Transaction = database.Transaction;
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return command;
    }

    public static async Task<T?> AskAsync<T>(
        this ISnapshotDatabase database,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.Command(sql);
        var value = await command.ExecuteScalarAsync(cancellationToken);
        return value is null or DBNull
            ? default
            : (T)
                Convert.ChangeType(
                    value,
                    Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T),
                    System.Globalization.CultureInfo.InvariantCulture
                );
    }

    public static async Task TellAsync(
        this ISnapshotDatabase database,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters
    )
    {
        await using var command = database.Command(sql);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
