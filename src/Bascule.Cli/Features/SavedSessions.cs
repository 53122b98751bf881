using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core;

namespace Bascule.Cli.Features;

/// <summary>A session that <c>bascule login</c> got.</summary>
/// <param name="Ca">The authority that the server is trusted by; null for the system's.</param>
internal sealed record SavedSession(string Token, string Name, DateTimeOffset ExpiresAt, string? Ca)
{
    /// <summary>What it was exchanged for, by the repository's address.</summary>
    public SortedDictionary<string, SavedGitToken>? GitTokens { get; init; }
}

/// <summary>The sessions of this user by server, in one file of mode 0600 (<c>$XDG_CONFIG_HOME/bascule/sessions.json</c>).</summary>
internal sealed class SavedSessions(string file)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Of whoever runs this.</summary>
    public static SavedSessions Own { get; } = new(Path.Combine(ConfigFolder(), "bascule", "sessions.json"));

    /// <summary>Unauthenticated, with the remedy, when there is none that still lasts.</summary>
    public Result<SavedSession> Find(Uri server, DateTimeOffset now)
    {
        var read = Read();
        if (read.Failed(out var problem))
            return problem;
        return read.Value.TryGetValue(KeyOf(server), out var session) && session.ExpiresAt > now
            ? session
            : Problem.Unauthenticated(
                $"you are not signed in at {KeyOf(server)}; run: bascule login --server {KeyOf(server)}"
            );
    }

    public Result<Done> Save(Uri server, SavedSession session) => Change(all => all[KeyOf(server)] = session);

    /// <summary>Whether somebody ever signed in there from here, written letter for letter so.</summary>
    public bool Knows(string origin) => Read() is { Problem: null } read && read.Value.ContainsKey(origin);

    /// <summary>Beside the session that it was given to, and only while that is the one; those that are over go.</summary>
    public Result<Done> KeepToken(
        Uri server,
        string session,
        string repository,
        SavedGitToken token,
        DateTimeOffset now
    ) =>
        Change(all =>
        {
            if (!all.TryGetValue(KeyOf(server), out var saved) || saved.Token != session)
                return;
            var kept = (saved.GitTokens ?? []).Where(one => one.Value.ExpiresAt > now).ToDictionary();
            kept[repository] = token;
            all[KeyOf(server)] = saved with { GitTokens = new(kept, StringComparer.Ordinal) };
        });

    /// <param name="token">Only if it is this one; null for whichever it is.</param>
    public Result<Done> DropToken(Uri server, string repository, string? token) =>
        Change(all =>
        {
            var tokens = all.GetValueOrDefault(KeyOf(server))?.GitTokens;
            if (tokens?.GetValueOrDefault(repository) is { } kept && (token is null || token == kept.Token))
                tokens.Remove(repository);
        });

    public Result<Done> Forget(Uri server) => Change(all => all.Remove(KeyOf(server)));

    private static string KeyOf(Uri server) => server.GetLeftPart(UriPartial.Authority);

    /// <summary>One process after the other: git asks for several repositories at once.</summary>
    private Result<Done> Change(Action<SortedDictionary<string, SavedSession>> change)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, OwnerOnly | UnixFileMode.UserExecute);
            using var turn = FileTurn.Take($"{file}.lock");
            var read = Read();
            if (read.Failed(out var problem))
                return problem;
            change(read.Value);
            Write(
                JsonSerializer.SerializeToUtf8Bytes(
                    read.Value,
                    SavedSessionsJson.Default.SortedDictionaryStringSavedSession
                )
            );
            return Result.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
    }

    private Result<SortedDictionary<string, SavedSession>> Read()
    {
        try
        {
            if (!File.Exists(file))
                return new SortedDictionary<string, SavedSession>(StringComparer.Ordinal);
            if ((File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
                return Problem.Denied($"'{file}' can be read by other users; run: chmod 600 {file}");
            return
                JsonSerializer.Deserialize(
                    File.ReadAllBytes(file),
                    SavedSessionsJson.Default.SortedDictionaryStringSavedSession
                )
                    is { } all
                ? all
                : Damaged();
        }
        catch (JsonException)
        {
            return Damaged();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Denied($"'{file}' cannot be read: {failure.Message}");
        }
    }

    private Problem Damaged() =>
        Problem.Invalid($"'{file}' holds no sessions; delete it and run `bascule login` again");

    /// <summary>Written aside and moved into place, so that nobody reads half of it and nobody else ever could.</summary>
    private void Write(byte[] json)
    {
        var draft = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var stream = new FileStream(draft, options))
            stream.Write(json);
        File.Move(draft, file, overwrite: true);
    }

    /// <summary>Where what belongs to this user is kept.</summary>
    public static string ConfigFolder() =>
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder)
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SortedDictionary<string, SavedSession>))]
internal sealed partial class SavedSessionsJson : JsonSerializerContext;
