using System.CommandLine;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Audit.Verifying;
using Bascule.Server.Api;
using Bascule.Storage.Snapshots;

namespace Bascule.Cli.Features.Audit;

/// <summary>Finds the log that a command is about. Only an address makes it use the network; a folder or a backup never does.</summary>
internal static class LogFeature
{
    private const string Prefix = "/audit";

    public static readonly Option<string?> Log = new("--log")
    {
        Description =
            "Another log than the server's newest: its address, or a folder that `bascule audit export` wrote.",
        HelpName = "url or folder",
    };

    public static readonly Option<string?> Ca = new("--ca")
    {
        Description = "PEM certificates to trust instead of the system's.",
        HelpName = "file",
    };

    public static readonly Option<long?> Number = new("--number")
    {
        Description = "Which log of a backup, where a restore began another one. Default: the newest.",
        HelpName = "number",
    };

    /// <param name="where">An address, a folder or a backup; null for the newest log of the running server.</param>
    public static async Task<Result<OpenedLog>> OpenAsync(
        ParseResult parsed,
        string? where,
        CancellationToken cancellationToken
    )
    {
        if (where is null)
            return await OpenServerAsync(parsed, cancellationToken);
        if (IsAddress(where))
            return OpenAddress(parsed, where);
        if (Directory.Exists(where))
            return new OpenedLog(new LogFolder(where));
        if (!File.Exists(where))
            return Problem.NotFound($"there is no '{where}': name an address (https://…/audit), a folder or a backup");
        var backup = await BackupLog.OpenAsync(where, parsed.GetValue(Number), cancellationToken);
        return backup.Failed(out var problem) ? problem : new OpenedLog(backup.Value);
    }

    /// <summary>All of them: where nothing is named, those of the running server, and of a backup each that it holds.</summary>
    public static async Task<Result<IReadOnlyList<OpenedLog>>> OpenAllAsync(
        ParseResult parsed,
        IReadOnlyCollection<string> where,
        CancellationToken cancellationToken
    )
    {
        var logs = new List<OpenedLog>();
        var problem =
            where.Count == 0
                ? await OpenAllOfServerAsync(parsed, logs, cancellationToken)
                : await OpenEachAsync(parsed, where, logs, cancellationToken);
        if (problem is null)
            return logs;
        foreach (var log in logs)
            await log.DisposeAsync();
        return problem;
    }

    private static async Task<Problem?> OpenAllOfServerAsync(
        ParseResult parsed,
        List<OpenedLog> logs,
        CancellationToken cancellationToken
    )
    {
        var prefixes = await ReadPrefixesAsync(parsed, cancellationToken);
        if (prefixes.Failed(out var problem))
            return problem;
        foreach (var prefix in prefixes.Value)
        {
            var opened = OpenServer(parsed, prefix);
            if (opened.Failed(out problem))
                return problem;
            logs.Add(new OpenedLog(opened.Value));
        }
        return null;
    }

    private static async Task<Problem?> OpenEachAsync(
        ParseResult parsed,
        IEnumerable<string> where,
        List<OpenedLog> logs,
        CancellationToken cancellationToken
    )
    {
        foreach (var one in where)
        {
            var opened = await OpenAsync(parsed, one, cancellationToken);
            if (opened.Failed(out var problem))
                return problem;
            logs.Add(opened.Value);
            if (opened.Value.Source is not BackupLog newest)
                continue;
            for (var number = newest.Number - 1; number >= 1; number--)
            {
                var earlier = await BackupLog.OpenAsync(one, number, cancellationToken);
                if (earlier.Failed(out problem))
                    return problem;
                logs.Add(new OpenedLog(earlier.Value));
            }
        }
        return null;
    }

    public static bool IsAddress(string where) =>
        where.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || where.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>As a witness reads it: as nobody, and so without the entries.</summary>
    public static Result<AuditLogClient> OpenPublic(ParseResult parsed, string where) =>
        ReadAddress(where).Failed(out var problem)
            ? problem
            : new AuditLogClient(ReadAddress(where).Value, token: null, parsed.GetValue(Ca));

    private static Result<Uri> ReadAddress(string where)
    {
        if (!Uri.TryCreate(where, UriKind.Absolute, out var address) || address.Query.Length > 0)
            return Problem.Invalid(
                $"'{where}' is no address of a log; it looks like https://bascule.example.com/audit"
            );
        return address.AbsolutePath == "/" ? new Uri(address, Prefix) : address;
    }

    private static Result<OpenedLog> OpenAddress(ParseResult parsed, string where)
    {
        var read = ReadAddress(where);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value.IsLoopback && LocalTokenFor(parsed, read.Value) is { } token)
            return new OpenedLog(AuditLogClient.ForLocal(read.Value, token));
        var session = SavedSessions.Own.Find(read.Value, TimeProvider.System.GetUtcNow());
        var ca = parsed.GetValue(Ca) ?? (session.Problem is null ? session.Value.Ca : null);
        return new OpenedLog(
            new AuditLogClient(read.Value, session.Problem is null ? new Secret(session.Value.Token) : null, ca)
        );
    }

    /// <summary>Where it is our own local listener.</summary>
    private static Secret? LocalTokenFor(ParseResult parsed, Uri address)
    {
        var settings = ConnectionFeature.ReadSettings(parsed, withSecrets: false);
        if (settings.Problem is not null || settings.Value.Listen.Local.Port != address.Port)
            return null;
        var token = LocalToken.Open(settings.Value.DataFolder);
        return token.Problem is null ? token.Value.Secret : null;
    }

    private static async Task<Result<OpenedLog>> OpenServerAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var prefixes = await ReadPrefixesAsync(parsed, cancellationToken);
        if (prefixes.Failed(out var problem))
            return problem;
        var opened = OpenServer(parsed, prefixes.Value[0]);
        return opened.Failed(out problem) ? problem : new OpenedLog(opened.Value);
    }

    /// <summary>Where the logs of the running server are, the newest first; one at least.</summary>
    private static async Task<Result<IReadOnlyList<string>>> ReadPrefixesAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var first = OpenServer(parsed, Prefix);
        if (first.Failed(out var problem))
            return problem;
        using var client = first.Value;
        var keys = await client.ReadKeysAsync(cancellationToken);
        if (keys.Failed(out problem))
            return problem;
        var prefixes = keys.Value.Select(key => PrefixOf(key.Split('+')[0])).ToList();
        return prefixes.Count == 0 ? (string[])[Prefix] : prefixes;
    }

    private static string PrefixOf(string origin)
    {
        var at = origin.LastIndexOf(Prefix, StringComparison.Ordinal);
        return at < 0 ? Prefix : origin[at..];
    }

    private static Result<AuditLogClient> OpenServer(ParseResult parsed, string prefix)
    {
        if (parsed.GetValue(ConnectionFeature.Server) is not null)
        {
            var server = ConnectionFeature.ReadServer(parsed);
            if (server.Failed(out var nowhere))
                return nowhere;
            var session = SavedSessions.Own.Find(server.Value, TimeProvider.System.GetUtcNow());
            return session.Failed(out var none)
                ? none
                : new AuditLogClient(new Uri(server.Value, prefix), new Secret(session.Value.Token), session.Value.Ca);
        }
        var settings = ConnectionFeature.ReadSettings(parsed, withSecrets: false);
        if (settings.Failed(out var wrong))
            return wrong;
        var token = LocalToken.Open(settings.Value.DataFolder);
        return token.Failed(out var closed)
            ? closed
            : AuditLogClient.ForLocal(new Uri($"http://{settings.Value.Listen.Local}{prefix}"), token.Value.Secret);
    }
}

/// <summary>A log, with whatever has to be closed after.</summary>
internal sealed record OpenedLog(ILogSource Source) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (Source is IAsyncDisposable stream)
            await stream.DisposeAsync();
        else if (Source is IDisposable client)
            client.Dispose();
    }
}
