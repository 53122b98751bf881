using System.Globalization;

namespace Bascule.Storage;

/// <summary>A numbered script, e.g. <c>0001-first-tables.sql</c>.</summary>
internal sealed record MigrationScript(int Version, string Name, string Sql);

internal static class MigrationScripts
{
    /// <param name="dialect">The folder: Sqlite or Postgres.</param>
    public static IReadOnlyList<MigrationScript> For(string dialect)
    {
        var folder = $"Bascule.Storage.Migrations.{dialect}.";
        var names = typeof(MigrationScripts)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal));
        return [.. names.Order(StringComparer.Ordinal).Select(name => Read(name, name[folder.Length..]))];
    }

    /// <summary>The schema that this program makes.</summary>
    public static int Last(string dialect) => For(dialect)[^1].Version;

    /// <exception cref="StorageException">A newer Bascule has used this database (THREATS T150).</exception>
    public static void RefuseNewer(int current, int known, string database)
    {
        if (current > known)
        {
            throw new StorageException(
                $"database {database} has schema {current}, and this program knows {known} at most: it was used by a newer Bascule. "
                    + "Run that version, or restore the backup made before the upgrade"
            );
        }
    }

    private static MigrationScript Read(string resource, string name)
    {
        using var reader = new StreamReader(typeof(MigrationScripts).Assembly.GetManifestResourceStream(resource)!);
        return new(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
