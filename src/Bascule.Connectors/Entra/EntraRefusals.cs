namespace Bascule.Connectors.Entra;

/// <summary>
/// Why Entra takes no token of a federated credential, by the number in its sentence
/// (https://github.com/Azure/login/issues/515, https://github.com/Azure/azure-workload-identity/issues/1200).
/// </summary>
internal static class EntraRefusals
{
    private const string Start = "AADSTS";

    /// <summary>Ends with a semicolon and a blank; empty for a number that says nothing of credentials.</summary>
    public static string InWords(string said) =>
        NumberOf(said) switch
        {
            "70021" =>
                "no credential of the application fits the token; one made minutes ago may not be known everywhere yet; ",
            "700211" =>
                "no credential of the application names Bascule's address as issuer: add one, with the same trailing slash or none; ",
            "700213" =>
                "a credential names the issuer and none this subject: each environment has its own, run the command that `bascule connect` prints; ",
            "7002138" =>
                "a credential fits but for capital letters, and Entra compares letter by letter: delete it and run the command that `bascule connect` prints; ",
            _ => "",
        };

    private static string NumberOf(string said)
    {
        var start = said.IndexOf(Start, StringComparison.Ordinal);
        return start < 0 ? "" : string.Concat(said[(start + Start.Length)..].TakeWhile(char.IsAsciiDigit));
    }
}
