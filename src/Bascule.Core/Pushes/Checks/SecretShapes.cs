using System.Text.RegularExpressions;

namespace Bascule.Core.Pushes.Checks;

/// <summary>The shapes of well-known credentials: a prefix that their makers chose so that they can be found, and as many characters as they have.</summary>
public static class SecretShapes
{
    private static readonly (string Kind, Regex Shape)[] All =
    [
        Shape("a private key", "-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----"),
        Shape("a PuTTY private key", "PuTTY-User-Key-File-[0-9]: "),
        Shape("an AWS access key id", @"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
        Shape("a GitHub token", @"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
        Shape("a GitLab token", @"\bglpat-[A-Za-z0-9_-]{20,}"),
        Shape("a Databricks token", @"\bdapi[a-f0-9]{32}(-[0-9])?\b"),
        Shape("a Slack token", @"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
        Shape("a Google API key", @"\bAIza[A-Za-z0-9_-]{35}"),
        Shape("a Stripe key", @"\b[rs]k_live_[A-Za-z0-9]{20,}"),
        Shape("an npm token", @"\bnpm_[A-Za-z0-9]{36}\b"),
        Shape("a PyPI token", @"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
        Shape("a Hugging Face token", @"\bhf_[A-Za-z]{34}\b"),
        Shape("an Azure storage key", "AccountKey=[A-Za-z0-9+/]{86}=="),
        Shape("an Entra client secret", @"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
        Shape("a HashiCorp Vault token", @"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
    ];

    /// <summary>What kind of credential the text seems to hold, for people; null when none. Never the credential.</summary>
    public static string? Find(string text) => All.FirstOrDefault(one => one.Shape.IsMatch(text)).Kind;

    /// <summary>Takes time in proportion to the text, whatever it is.</summary>
    private static (string Kind, Regex Shape) Shape(string kind, string pattern) =>
        (kind, new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
}
