using System.Net.Sockets;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Tells broken machinery (a server that is gone) from a bug of ours (a violated constraint), and says what an operator can do about it.</summary>
internal static class PostgresFailure
{
    /// <summary>idle_in_transaction_session_timeout; Npgsql has no name for it.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>Two replicas waited for each other; the server ended one, which simply tries again.</summary>
    public static bool IsRepeatable(Exception failure) =>
        failure
            is PostgresException
            {
                SqlState: PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.LockNotAvailable
            };

    /// <summary>The connection is of no use any more, or the server cannot write at all.</summary>
    public static bool IsMachinery(Exception failure) =>
        failure switch
        {
            PostgresException refused => Remedy(refused.SqlState) is not null,
            NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException => true,
            _ => false,
        };

    public static StorageException Describe(string server, Exception failure) =>
        failure is PostgresException refused
            ? new($"database {server}: {Remedy(refused.SqlState) ?? refused.MessageText}", failure)
            : new(
                $"database {server} does not answer ({failure.Message}); start it, or correct storage.postgres",
                failure
            );

    private static string? Remedy(string state) =>
        state switch
        {
            PostgresErrorCodes.DiskFull => "the server's disk is full; free space there",
            PostgresErrorCodes.OutOfMemory => "the server is out of memory",
            PostgresErrorCodes.TooManyConnections => "the server has no connection free; raise max_connections",
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                "the server is a standby and may not be written; name the primary",
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                "the server refuses this user or password; correct storage.postgres",
            PostgresErrorCodes.InvalidCatalogName => "there is no such database; create it: createdb NAME",
            PostgresErrorCodes.InsufficientPrivilege => "this user may not do that; make it the owner of the database",
            IdleInTransaction => "this process was stopped in the middle of a transaction",
            _ when state.StartsWith("57P", StringComparison.Ordinal) => "the server is being stopped or restarted",
            _ when state.StartsWith("08", StringComparison.Ordinal) => "the connection was lost",
            _ when state.StartsWith("53", StringComparison.Ordinal) => "the server lacks resources; see its log",
            _ when state.StartsWith("58", StringComparison.Ordinal) => "the server's disk or files fail; see its log",
            _ => null,
        };
}
