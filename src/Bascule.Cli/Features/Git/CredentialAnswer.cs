using System.Globalization;

namespace Bascule.Cli.Features.Git;

/// <summary>What a credential helper writes to git.</summary>
internal static class CredentialAnswer
{
    /// <summary>Nothing else than asking here would help: git must not ask for a password that nobody has.</summary>
    public const string Quit = "quit=1\n";

    /// <summary>Bascule looks at the password alone. A git from 2.40 on keeps to the expiry; an older one passes over it.</summary>
    public static string Of(SavedGitToken token) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"username=bascule\npassword={token.Token}\npassword_expiry_utc={token.ExpiresAt.ToUnixTimeSeconds()}\n"
        );
}
