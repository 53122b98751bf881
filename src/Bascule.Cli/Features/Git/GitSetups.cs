using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>What was written into a file of git's settings for one server, to be taken out again.</summary>
/// <param name="Settings">One by one, for when the lines were changed since.</param>
internal sealed record GitSetupRecord(string File, AddedText Added, IReadOnlyList<GitSetting> Settings);

/// <summary>What this user's git was set up for, by server (<c>$XDG_CONFIG_HOME/bascule/git-setup.json</c>).</summary>
internal sealed class GitSetups(string file)
{
    public static GitSetups Own { get; } = new(Path.Combine(SavedSessions.ConfigFolder(), "bascule", "git-setup.json"));

    public Result<SortedDictionary<string, GitSetupRecord>> Read()
    {
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), GitSetupJson.Default.Records)!
                : new SortedDictionary<string, GitSetupRecord>(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return Problem.Invalid(
                $"'{file}' cannot be understood; take the lines of Bascule out of git's settings yourself, then delete it"
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {failure.Message}");
        }
    }

    /// <param name="record">Null to forget it.</param>
    public Problem? Save(string server, GitSetupRecord? record)
    {
        var read = Read();
        if (read.Failed(out var unread))
            return unread;
        var all = read.Value;
        if (record is null)
            all.Remove(server);
        else
            all[server] = record;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (all.Count == 0)
                File.Delete(file);
            else
                File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(all, GitSetupJson.Default.Records));
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, GitSetupRecord>), TypeInfoPropertyName = "Records")]
internal sealed partial class GitSetupJson : JsonSerializerContext;
