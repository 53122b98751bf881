using System.Text;
using System.Text.RegularExpressions;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// What git asks of a credential helper: lines of <c>key=value</c> until an empty one (git-credential(1)). Read strictly: what git itself would not write is not
/// understood, and nothing is answered (THREATS T82).
/// </summary>
/// <param name="Origin">Scheme, host and port, as git wrote them: <c>https://bascule.example.com:8443</c>.</param>
internal sealed partial record CredentialQuestion(string Origin)
{
    private const int MaxBytes = 64 * 1024;
    private static readonly string[] Single = ["protocol", "host", "path", "username", "password"];

    /// <summary>With <c>credential.useHttpPath</c>; null without.</summary>
    public string? Path { get; private init; }

    /// <summary>Of the credential that git speaks of, when it is to be stored or erased.</summary>
    public string? Password { get; private init; }

    /// <summary>Null for what is no question of git's, whatever is wrong with it.</summary>
    public static async Task<CredentialQuestion?> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxBytes + 1];
        var length = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBytes ? null : Read(Encoding.Latin1.GetString(bytes, 0, length));
    }

    /// <summary>Lists (<c>capability[]</c>) and words that later versions of git may add are passed over; <c>url</c> is not: no git sends it to a helper.</summary>
    public static CredentialQuestion? Read(string text)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').TakeWhile(line => line.Length > 0))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || line.Any(char.IsControl) || line[..equals] is var key && key == "url")
                return null;
            if (Single.Contains(line[..equals]) && !values.TryAdd(line[..equals], line[(equals + 1)..]))
                return null;
        }
        return
            values.GetValueOrDefault("protocol") is { Length: > 0 } protocol
            && values.GetValueOrDefault("host") is { Length: > 0 } host
            ? new CredentialQuestion($"{protocol}://{host}")
            {
                Path = values.GetValueOrDefault("path"),
                Password = values.GetValueOrDefault("password"),
            }
            : null;
    }

    /// <summary>The repository's address; null when the path is that of none. LFS asks for a place below it.</summary>
    public string? Repository =>
        Path is not null && Place().Match(Path) is { Success: true } place
            ? $"{Origin}/{place.Groups["repository"].Value}"
            : null;

    [GeneratedRegex(
        @"\A(?<repository>git/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+\.git)(?:/info/lfs(?:/[A-Za-z0-9._/-]*)?)?\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Place();
}
