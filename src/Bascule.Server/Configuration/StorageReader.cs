using Bascule.Core;
using Bascule.Core.Settings;
using Bascule.Storage.Postgres;

namespace Bascule.Server.Configuration;

internal static class StorageReader
{
    public static StorageSettings? Read(SettingReader top, ConnectionHost host, string data)
    {
        var fallback = new SqliteSettings(Path.Combine(data, "bascule.db"));
        if (top.Map("storage") is not { } storage)
            return fallback;
        var file = storage.Find("sqlite") is null ? null : storage.RequiredText("sqlite", "write sqlite: a path");
        var postgres = storage.Find("postgres") is null ? null : ReadPostgres(storage, host);
        if (!storage.Keys.Any())
            storage.Refuse("", "is empty", "write sqlite: a path, or postgres: \"file:/path\", or remove it");
        if (storage.Find("sqlite") is not null && storage.Find("postgres") is not null)
            storage.Refuse("postgres", "stands beside sqlite", "keep the one that Bascule is to use");
        storage.RefuseOthers();
        if (storage.Find("postgres") is not null)
            return postgres;
        return file is null ? fallback : new SqliteSettings(host.Resolve(file));
    }

    private static PostgresSettings? ReadPostgres(SettingReader storage, ConnectionHost host)
    {
        if (storage.RequiredSecret("postgres", host) is not { } secret)
            return null;
        var address = PostgresAddress.Parse(secret.Reveal());
        if (!address.Failed(out var problem))
            return new PostgresSettings(new Secret(address.Value));
        storage.Refuse("postgres", "names a file that is no address of a database", problem.Message);
        return null;
    }
}
