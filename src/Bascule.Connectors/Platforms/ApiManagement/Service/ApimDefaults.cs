namespace Bascule.Connectors.Platforms.ApiManagement.Service;

/// <summary>Names and limits of API Management, and what Bascule assumes where nobody says otherwise.</summary>
internal static class ApimDefaults
{
    public const string Kind = "apim";

    public const string ApiVersion = "2024-05-01";

    /// <summary>A page of a hundred APIs, or one with a large document.</summary>
    public const int MaxAnswer = 16 * 1024 * 1024;

    /// <summary>Reads of one service at a time: what a plan needs is many small answers.</summary>
    public const int ReadsAtOnce = 8;
}
