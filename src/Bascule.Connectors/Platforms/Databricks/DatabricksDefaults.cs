namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Names and limits of Databricks, and what Bascule assumes where nobody says otherwise.</summary>
internal static class DatabricksDefaults
{
    public const string Kind = "databricks";

    /// <summary>Where uploads go unless the connection says otherwise.</summary>
    public const string Folder = "/Workspace/Shared/bascule";

    /// <summary>The published limit is 10 MB of base64 text; this many bytes of file stay below it.</summary>
    public const int MaxFileBytes = 7_800_000;

    public const int MaxFiles = 20_000;

    /// <summary>Limit of the JSON of a task's parameters.</summary>
    public const int MaxParameterBytes = 10_000;

    /// <summary>Larger trees of a Python task travel in packs (ADR 4): at 30 imports a second each more would be felt at every push.</summary>
    public const int MostPlainFiles = 20;

    /// <summary>The workspace takes 30 imports a second from all its users together; this leaves others room.</summary>
    public const int ImportsPerSecond = 28;

    /// <summary>Serverless environments need a version; this one has Python 3.12.</summary>
    public const string EnvironmentVersion = "4";

    public const string TaskKey = "main";

    public static readonly TimeSpan Timeout = TimeSpan.FromHours(24);
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(7);
}
