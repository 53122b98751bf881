using Bascule.Core;
using Bascule.Storage.Postgres;

namespace Bascule.Server.Configuration;

/// <summary>Where everything is kept.</summary>
public abstract record StorageSettings;

/// <summary>One file, for one process: the default.</summary>
public sealed record SqliteSettings(string File) : StorageSettings;

/// <summary>A database server, for several replicas.</summary>
/// <param name="Address">With user and password, so it is a secret.</param>
public sealed record PostgresSettings(Secret Address) : StorageSettings
{
    /// <summary>As the storage wants it. Invalid when the secret is no address; what it is, is not said.</summary>
    public Result<string> ReadAddress() => PostgresAddress.Parse(Address.Reveal());
}
