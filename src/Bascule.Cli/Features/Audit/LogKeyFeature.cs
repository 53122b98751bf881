using System.CommandLine;
using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Cli.Features.Audit;

/// <summary>By which key a log is checked: the one that is named, or the one that was named before.</summary>
internal static class LogKeyFeature
{
    public static readonly Option<string?> Key = new("--key")
    {
        Description = "The log's verifier key (name+hash+base64), or a file with it. Remembered once it fits.",
        HelpName = "key or file",
    };

    public static readonly Option<string[]> Witness = new("--witness")
    {
        Description = "The key of a witness, or a file with it: it must have cosigned. May be repeated.",
        HelpName = "key or file",
    };

    /// <summary>Null where none was named, now or before.</summary>
    public static Result<LogKey?> Read(ParseResult parsed, string origin, LogKeys known)
    {
        if (parsed.GetValue(Key) is not { } text)
            return Result.Of(known.Find(origin) is { } remembered ? new LogKey(remembered, IsNew: false) : null);
        var read = ReadAll(text);
        if (read.Failed(out var problem))
            return problem;
        var key = read.Value.FirstOrDefault(one => one.Name == origin) ?? read.Value[0];
        if (key.Type != NoteKeyType.Ed25519)
            return Problem.Invalid($"{key} is the key of a witness, and not of a log");
        if (known.Find(origin) is { } other && other.ToString() != key.ToString())
            return known.Remember(key).Problem ?? Problem.Invalid($"'{key.Name}' is another log than '{origin}'");
        return new LogKey(key, IsNew: true);
    }

    /// <summary>Invalid for a key that is not a witness's.</summary>
    public static Result<IReadOnlyList<NoteKey>> ReadWitnesses(ParseResult parsed)
    {
        var witnesses = new List<NoteKey>();
        foreach (var text in parsed.GetValue(Witness) ?? [])
        {
            var keys = ReadAll(text);
            if (keys.Failed(out var problem))
                return problem;
            if (keys.Value.FirstOrDefault(key => key.Type != NoteKeyType.Cosignature) is { } other)
                return Problem.Invalid($"{other} is no key of a witness: those have the type 4");
            witnesses.AddRange(keys.Value);
        }
        return witnesses;
    }

    /// <summary>The keys on a command line or in a file, one a line.</summary>
    public static Result<IReadOnlyList<NoteKey>> ReadAll(string keyOrFile)
    {
        string[] lines;
        try
        {
            lines = File.Exists(keyOrFile) ? File.ReadAllLines(keyOrFile) : [keyOrFile];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{keyOrFile}' cannot be read: {failure.Message}");
        }
        var keys = new List<NoteKey>();
        foreach (var line in lines.Where(line => line.Trim().Length > 0))
        {
            var read = NoteKey.Parse(line);
            if (read.Failed(out var problem))
                return problem;
            keys.Add(read.Value);
        }
        return keys.Count > 0 ? keys : Problem.Invalid($"'{keyOrFile}' has no key in it");
    }
}

/// <param name="IsNew">Whether it was named now, and not remembered.</param>
internal sealed record LogKey(NoteKey Key, bool IsNew);
