namespace Bascule.Connectors.Entra;

/// <summary>Where Microsoft Entra is, and who asks.</summary>
/// <param name="Subject">Begins every message, e.g. <c>platform 'gateway'</c>.</param>
/// <param name="Authority">Another one than <see cref="PublicAuthority"/> in sovereign clouds.</param>
/// <param name="CaFile">PEM certificates to trust instead of the system's.</param>
internal sealed record EntraOptions(string Subject, Uri Authority, string? CaFile)
{
    public static readonly Uri PublicAuthority = new("https://login.microsoftonline.com");

    public bool IsPublicCloud => Authority == PublicAuthority;
}
