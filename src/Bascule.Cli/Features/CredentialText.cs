using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>What forges are shown, as people read it in a terminal (THREATS T76).</summary>
internal static class CredentialText
{
    public static string List(CredentialList list) => string.Join('\n', list.Credentials.Select(Of));

    public static string Sealed(CredentialRecord credential) =>
        $"{Clean(credential.Forge)}: sealed, and shown to the forge from now on as {Account(credential)} ({credential.Fingerprint})";

    public static string Rotated(CredentialRecord credential) =>
        $"{Clean(credential.Forge)}: replaced, read back, and shown to the forge from now on ({credential.Fingerprint})"
        + (
            credential.FormerUntil is { } until && credential.Step != "resting"
                ? $"; the former one is ended after {Time(until)}"
                : ""
        );

    private static string Of(CredentialRecord credential) =>
        string.Join('\n', Lines(credential).Where(line => line.Length > 0));

    private static IEnumerable<string> Lines(CredentialRecord credential)
    {
        yield return $"{Clean(credential.Forge)}  {Clean(credential.Kind)}  {Source(credential)}  {Account(credential)}";
        yield return credential.Fingerprint is { } fingerprint
            ? $"    {fingerprint}{Said("sealed", credential.Since)}{Said("replaced", credential.RotatedAt)}{Said("due", credential.NextRotationAt)}"
            : "";
        yield return credential.Step is null or "resting" ? ""
        : credential.FormerUntil is { } until ? $"    in force; the former one is ended after {Time(until)}"
        : $"    being replaced: {credential.Step}";
        yield return credential.Asked ? "    a rotation is asked for" : "";
        yield return credential.Failure is { } failure
            ? $"    {Said("failed", credential.FailedAt).TrimStart(',', ' ')} {Clean(failure)}".TrimEnd()
            : "";
    }

    private static string Source(CredentialRecord credential) =>
        credential.Source switch
        {
            "sealed" => "sealed",
            "settings" => "from the settings",
            _ => "no credential",
        };

    private static string Account(CredentialRecord credential) =>
        credential.Account is { } account
            ? $"account {Clean(account)}, number {credential.AccountId}"
            : "account unknown";

    private static string Said(string word, DateTimeOffset? at) => at is { } time ? $", {word} {Time(time)}" : "";

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
