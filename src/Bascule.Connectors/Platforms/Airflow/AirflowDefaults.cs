namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Names and limits of Airflow, and what Bascule assumes where nobody says otherwise.</summary>
internal static class AirflowDefaults
{
    public const string Kind = "airflow";

    /// <summary>Looked up in PATH.</summary>
    public const string Python = "python3";

    /// <summary>A page of a hundred import errors with their traces.</summary>
    public const int MaxAnswer = 8 * 1024 * 1024;

    /// <summary>Rows of one page; the server's <c>maximum_page_limit</c> is 100 unless it was changed.</summary>
    public const int PageSize = 100;

    /// <summary>More tasks or import errors than this are not read.</summary>
    public const int MaxRows = 2_000;

    public const int MaxLogAnswer = 8 * 1024 * 1024;
    public const int MaxLogTail = 64 * 1024;

    /// <summary>Of a token that Bascule signs for a call.</summary>
    public static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(10);
}
