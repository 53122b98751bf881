using Bascule.Core;

namespace Bascule.Server.Configuration;

/// <summary>Where everything is kept.</summary>
public abstract record StorageSettings;

/// <summary>One file, for one process: the default.</summary>
public sealed record SqliteSettings(string File) : StorageSettings;

/// <summary>A database server, for several replicas.</summary>
/// <param name="Address">With user and password, so it is a secret.</param>
public sealed record PostgresSettings(Secret Address) : StorageSettings;
