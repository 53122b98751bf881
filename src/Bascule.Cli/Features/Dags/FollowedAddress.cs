using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>A repository to follow: at a server, or a bare one on this machine.</summary>
/// <param name="Text">As git is given it.</param>
/// <param name="Server">Scheme, host and port; null for a repository on this machine.</param>
internal sealed record FollowedAddress(string Text, Uri? Server)
{
    private const string File = "file://";

    /// <summary>The one protocol that git may speak for it (THREATS T62).</summary>
    public string Protocol => Server?.Scheme ?? "file";

    /// <summary>https, http to loopback alone, or <c>file://</c> and an absolute path without anything that git would read otherwise.</summary>
    public static Result<FollowedAddress> Read(string text)
    {
        if (text.StartsWith(File, StringComparison.Ordinal))
            return IsPath(text[File.Length..])
                ? new FollowedAddress(text, null)
                : Problem.Invalid(
                    $"--url {text}: write file:// and an absolute path, without '..', '%', spaces or quotes"
                );
        var read = OutboundUrl.Read(text);
        return read.Failed(out var problem)
            ? Problem.Invalid($"--url {text} {problem.Message}")
            : new FollowedAddress(read.Value.OriginalString, new Uri(read.Value.GetLeftPart(UriPartial.Authority)));
    }

    private static bool IsPath(string path) =>
        path.StartsWith('/')
        && path.Length > 1
        && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_' or '+')
        && !path.Split('/').Contains("..");
}
