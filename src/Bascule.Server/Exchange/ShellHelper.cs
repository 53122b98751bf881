using System.Text;

namespace Bascule.Server.Exchange;

/// <summary>A credential helper for git that needs a POSIX shell and curl or wget, and knows this server alone.</summary>
internal static class ShellHelper
{
    public const string Route = "/git-credential.sh";
    private const string Placeholder = "@URL@";

    public static string For(Uri publicUrl)
    {
        using var stream = typeof(ShellHelper).Assembly.GetManifestResourceStream("git-credential.sh")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace(Placeholder, publicUrl.OriginalString.TrimEnd('/'), StringComparison.Ordinal);
    }
}
