namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>Names and limits of Azure Machine Learning, and what Bascule assumes where nobody says otherwise.</summary>
internal static class AzureMlDefaults
{
    public const string Kind = "azureml";

    public const string ApiVersion = "2024-04-01";

    /// <summary>Of one answer: a page of jobs or of versions.</summary>
    public const int MaxAnswer = 16 * 1024 * 1024;

    /// <summary>What Bascule sends of one file; Azure itself takes more, and data belongs into a data asset.</summary>
    public const int MaxFileBytes = 100 * 1024 * 1024;

    public const int MaxFiles = 20_000;

    /// <summary>Blobs that travel side by side.</summary>
    public const int UploadsAtOnce = 8;

    /// <summary>Of the storage service; the first that takes blobs of up to 5000 MiB in one call.</summary>
    public const string StorageVersion = "2019-12-12";

    /// <summary>Compute that nobody keeps: a job without a compute's id runs there.</summary>
    public const string Serverless = "serverless";

    /// <summary>Where people look at jobs.</summary>
    public static readonly Uri Studio = new("https://ml.azure.com");

    /// <summary>
    /// Ends of the names of hosts that code and tracking are at in the public cloud. A workspace tells its hosts itself; what it tells is
    /// called with a login, so nothing else is taken for one unless the connection names it.
    /// </summary>
    public static readonly IReadOnlyList<string> Hosts =
    [
        ".api.azureml.ms",
        ".blob.core.windows.net",
        ".blob.storage.azure.net",
    ];
}
