using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core;

namespace Bascule.Cli.Features;

/// <summary>A session that <c>bascule login</c> got.</summary>
/// <param name="Ca">The authority that the server is trusted by; null for the system's.</param>
internal sealed record SavedSession(string Token, string Name, DateTimeOffset ExpiresAt, string? Ca);

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

    public Result<Done> Forget(Uri server) => Change(all => all.Remove(KeyOf(server)));

    private static string KeyOf(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private Result<Done> Change(Action<SortedDictionary<string, SavedSession>> change)
    {
        var read = Read();
        if (read.Failed(out var problem))
            return problem;
        change(read.Value);
        try
        {
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
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
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

    private static string ConfigFolder() =>
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
