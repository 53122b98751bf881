namespace Bascule.Storage.Writing;

/// <summary>Where an entry stands in the audit log: known once its transaction is about to end, and true once it is committed.</summary>
internal sealed class AuditPlace
{
    /// <summary>From 0, without gaps.</summary>
    public long Index { get; set; }
}
