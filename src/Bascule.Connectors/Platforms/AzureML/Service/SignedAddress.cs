namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>An address whose query is a signature: whoever has it may do what was signed.</summary>
internal static class SignedAddress
{
    /// <summary>Null for one that is not written as it is understood: what is called would not be what was signed.</summary>
    public static Uri? Canonical(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Fragment.Length == 0
        && (address.AbsoluteUri == text || address.AbsoluteUri == text + "/")
            ? address
            : null;
}
