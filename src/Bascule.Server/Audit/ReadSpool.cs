namespace Bascule.Server.Audit;

/// <summary>
/// Holds the entries of reads of deploy refs, of which there may be many, while the audit log cannot be written. Apart from the other spool, so that they never
/// take the room of somebody who cancels (THREATS T116).
/// </summary>
public sealed record ReadSpool(AuditSpool Entries)
{
    public const string FileName = "reads.spool";
    public const int MaxEntries = 8000;
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <param name="dataFolder">Of this replica.</param>
    public static ReadSpool In(string dataFolder) =>
        new(new AuditSpool(Path.Combine(dataFolder, FileName), MaxEntries, MaxBytes));
}
