namespace Bascule.Connectors.Secrets;

/// <summary>Who Bascule is at the sources of its own secrets.</summary>
public static class SecretIdentity
{
    /// <summary>The <c>sub</c> of the token, which the source's administrator writes down; the issuer tells installations apart.</summary>
    /// <param name="source">vault, azure or aws.</param>
    public static string Subject(string source) => $"secrets:{source}";
}
