using Bascule.Core;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Where a PostgreSQL database is, and how to sign in there: from a URL or from "Host=…;Database=…" (Npgsql's keywords).</summary>
public static class PostgresAddress
{
    /// <summary>Invalid when it cannot be read; what it says is never repeated, since it holds a password.</summary>
    public static Result<string> Parse(string text)
    {
        try
        {
            var builder = IsUrl(text) ? FromUrl(new Uri(text)) : new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(builder.Host) || string.IsNullOrEmpty(builder.Database)
                ? Problem.Invalid(
                    "storage.postgres names no host or no database; write postgres://USER:PASSWORD@HOST/DATABASE"
                )
                : builder.ConnectionString;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            return Problem.Invalid(
                "storage.postgres is neither postgres://USER:PASSWORD@HOST/DATABASE nor Host=…;Database=…;Username=…;Password=…"
            );
        }
    }

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal)
        || text.StartsWith("postgresql://", StringComparison.Ordinal);

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = Uri.UnescapeDataString(url.AbsolutePath.Trim('/')),
        };
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Split('=', 2)[^1]));
            // libpq writes verify-full, Npgsql VerifyFull.
            builder[Keyword(key)] = key == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return builder;
    }

    /// <summary>libpq's names, as such URLs have them.</summary>
    private static string Keyword(string key) =>
        key switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "application_name" => "Application Name",
            "connect_timeout" => "Timeout",
            _ => key,
        };
}
