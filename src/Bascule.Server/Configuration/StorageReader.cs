using Bascule.Core.Secrets;
using Bascule.Core.Settings;

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
        var known = host.Secrets.All.Count;
        if (storage.RequiredSecret("postgres", host, opensStorage: true) is not { } secret)
            return null;
        var settings = new PostgresSettings(secret);
        // One that is elsewhere is looked at when it has been read.
        if (host.Secrets.All[known].IsRead && settings.ReadAddress().Failed(out var problem))
            storage.Refuse("postgres", "is no address of a database", problem.Message);
        return settings;
    }
}
