namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Names and limits of Airflow, and what Bascule assumes where nobody says otherwise.</summary>
internal static class AirflowDefaults
{
    /// <summary>Rows of one page; the server's <c>maximum_page_limit</c> is 100 unless it was changed.</summary>
    public const int PageSize = 100;

    /// <summary>More tasks or import errors than this are not read.</summary>
    public const int MaxRows = 2_000;

    public const int MaxLogAnswer = 8 * 1024 * 1024;
    public const int MaxLogTail = 64 * 1024;

    /// <summary>Airflow publishes no limits; it is asked this often while a version is awaited.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>An import error that stays this long is believed: a parser may still be reading the old files when it is first seen.</summary>
    public static readonly TimeSpan ErrorStands = TimeSpan.FromMinutes(2);

    /// <summary>Of a token that Bascule signs for a call.</summary>
    public static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(10);
}
